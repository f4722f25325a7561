"""The look of the Gradio pages: our stylesheet's variables handed to Gradio's own components.

The colours, sizes and dark mode live in ``static/style.css``, which the Kennisbank uses as well; here Gradio is only told
to use them, light and dark alike, with fonts that every computer has.
"""

import gradio as gr

_TEXT_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_CODE_FONTS = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")

_VARIABLES = {
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--muted)",
    "background_fill_primary": "var(--surface)",
    "background_fill_secondary": "var(--paper)",
    "block_background_fill": "var(--surface)",
    "block_border_color": "var(--line)",
    "block_label_background_fill": "var(--surface)",
    "block_label_text_color": "var(--muted)",
    "block_info_text_color": "var(--muted)",
    "block_title_text_color": "var(--ink)",
    "border_color_accent": "var(--accent)",
    "border_color_primary": "var(--line-strong)",
    "color_accent_soft": "var(--accent-soft)",
    "link_text_color": "var(--accent-ink)",
    "link_text_color_hover": "var(--accent-ink)",
    "link_text_color_visited": "var(--accent-ink)",
    "link_text_color_active": "var(--accent-ink)",
    "input_background_fill": "var(--surface)",
    "input_background_fill_focus": "var(--surface)",
    "input_border_color": "var(--line-strong)",
    "input_border_color_focus": "var(--accent)",
    "input_shadow_focus": "0 0 0 2px var(--accent)",
    "input_placeholder_color": "var(--muted)",
    "button_primary_background_fill": "var(--button)",
    "button_primary_background_fill_hover": "var(--button-hover)",
    "button_primary_border_color": "var(--button)",
    "button_primary_border_color_hover": "var(--button-hover)",
    "button_primary_text_color": "var(--button-ink)",
    "button_primary_text_color_hover": "var(--button-ink)",
    "button_secondary_background_fill": "var(--surface)",
    "button_secondary_background_fill_hover": "var(--accent-soft)",
    "button_secondary_border_color": "var(--line-strong)",
    "button_secondary_border_color_hover": "var(--accent)",
    "button_secondary_text_color": "var(--ink)",
    "button_secondary_text_color_hover": "var(--ink)",
    "button_cancel_background_fill": "var(--surface)",
    "button_cancel_background_fill_hover": "var(--danger-soft)",
    "button_cancel_border_color": "var(--danger)",
    "button_cancel_text_color": "var(--danger)",
    "button_cancel_text_color_hover": "var(--danger)",
    "table_border_color": "var(--line)",
    "error_background_fill": "var(--danger-soft)",
    "error_border_color": "var(--danger)",
    "error_text_color": "var(--danger)",
}


def make_theme() -> gr.themes.Base:
    """The theme; each colour is a variable of the stylesheet, so light and dark are decided there."""
    theme = gr.themes.Base(
        font=_TEXT_FONTS,
        font_mono=_CODE_FONTS,
        radius_size=gr.themes.sizes.radius_md,
        text_size=gr.themes.sizes.text_lg,
    )
    return theme.set(**_VARIABLES, **{f"{name}_dark": value for name, value in _VARIABLES.items()})
