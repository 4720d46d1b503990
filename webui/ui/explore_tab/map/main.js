// Joins the parts of the panel.
part("panel").dataset.ready = "true";
