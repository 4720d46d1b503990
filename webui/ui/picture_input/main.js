// Joins the parts. Events by name: trigger("chosen") when another picture is there, trigger("reuse") for its fields.
