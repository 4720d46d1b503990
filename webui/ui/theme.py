"""Gradio's theme: each of its variables points at one of our tokens in `static/tokens.css`.

The values themselves, dark and light, live in that one style sheet; Gradio's own dark variants repeat the light ones,
so that whether Gradio thinks the page is dark does not matter to how it looks.
"""

import gradio as gr
from gradio.themes.utils import sizes

_RADIUS = sizes.Size(xxs="4px", xs="4px", sm="4px", md="4px", lg="8px", xl="8px", xxl="8px", name="darkroom_radius")
_SPACING = sizes.Size(xxs="2px", xs="4px", sm="4px", md="8px", lg="8px", xl="16px", xxl="16px", name="darkroom_space")
_TEXT = sizes.Size(xxs="11px", xs="12px", sm="12px", md="14px", lg="15px", xl="18px", xxl="22px", name="darkroom_text")

_COLOURS = {
    "body_background_fill": "ground",
    "body_text_color": "text",
    "body_text_color_subdued": "muted",
    "background_fill_primary": "ground",
    "background_fill_secondary": "panel",
    "border_color_primary": "line",
    "border_color_accent": "focus",
    "border_color_accent_subdued": "line",
    "color_accent_soft": "raised",
    "link_text_color": "text",
    "link_text_color_active": "text",
    "link_text_color_hover": "text",
    "link_text_color_visited": "text",
    "block_background_fill": "clear",
    "block_border_color": "line",
    "block_info_text_color": "muted",
    "block_label_background_fill": "clear",
    "block_label_text_color": "muted",
    "block_title_text_color": "muted",
    "panel_background_fill": "clear",
    "accordion_text_color": "muted",
    "input_background_fill": "well",
    "input_background_fill_focus": "well",
    "input_background_fill_hover": "well",
    "input_border_color": "edge",
    "input_border_color_focus": "focus",
    "input_placeholder_color": "faint",
    "slider_color": "mark",
    "loader_color": "amber",
    "button_primary_background_fill": "amber",
    "button_primary_background_fill_hover": "amber-bright",
    "button_primary_border_color": "amber",
    "button_primary_border_color_hover": "amber-bright",
    "button_primary_text_color": "on-amber",
    "button_primary_text_color_hover": "on-amber",
    "button_secondary_background_fill": "raised",
    "button_secondary_background_fill_hover": "lifted",
    "button_secondary_border_color": "line",
    "button_secondary_border_color_hover": "edge",
    "button_secondary_text_color": "text",
    "button_secondary_text_color_hover": "text",
    "error_background_fill": "panel",
    "error_border_color": "red",
    "error_text_color": "text",
    "error_icon_color": "red",
    "checkbox_background_color": "well",
    "checkbox_background_color_selected": "mark",
    "checkbox_border_color": "edge",
}
"""Gradio's variable -> our token."""

_ONCE = {
    "color_accent": "var(--dk-mark)",
    "block_border_width": "0px",
    "block_border_width_dark": "0px",
    "block_padding": "0px",
    "block_radius": "4px",
    "block_shadow": "none",
    "block_shadow_dark": "none",
    "block_title_text_weight": "400",
    "block_title_text_size": "12px",
    "block_info_text_size": "12px",
    "input_border_width": "1px",
    "input_border_width_dark": "1px",
    "input_padding": "8px 10px",
    "input_shadow": "none",
    "input_shadow_dark": "none",
    "input_shadow_focus": "none",
    "input_shadow_focus_dark": "none",
    "input_text_size": "14px",
    "layout_gap": "16px",
    "form_gap_width": "0px",
    "shadow_drop": "none",
    "shadow_drop_lg": "var(--dk-shadow)",
    "shadow_spread": "0px",
    "button_border_width": "1px",
    "button_border_width_dark": "1px",
    "button_large_radius": "4px",
    "button_small_radius": "4px",
    "button_medium_radius": "4px",
    "button_large_text_size": "15px",
    "button_large_text_weight": "700",
    "button_primary_shadow": "none",
    "button_secondary_shadow": "none",
    "button_transition": "none",
}
"""Variables that are no colours."""


def make_theme() -> gr.themes.Base:
    """The theme of the page: IBM Plex, which Gradio ships, and our tokens."""
    theme = gr.themes.Base(
        radius_size=_RADIUS,
        spacing_size=_SPACING,
        text_size=_TEXT,
        font=(gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"),
        font_mono=(gr.themes.LocalFont("IBM Plex Mono", weights=(400,)), "ui-monospace", "monospace"),
    )
    theme.name = "darkroom"
    values = dict(_ONCE)
    for variable, token in _COLOURS.items():
        values[variable] = f"var(--dk-{token})"
        values[f"{variable}_dark"] = f"var(--dk-{token})"
    return theme.set(**values)
