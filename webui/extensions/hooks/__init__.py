"""The hooks by what they are about; `webui.extensions.hookspecs` joins them to the one list."""
