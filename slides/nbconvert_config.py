"""How nbconvert turns an executed notebook into a deck; slides/build.mjs calls it."""

from pathlib import Path

c = get_config()  # noqa: F821 (nbconvert provides it)

c.TemplateExporter.extra_template_basedirs = [str(Path(__file__).parent / "templates")]
c.SlidesExporter.template_name = "course"
c.SlidesExporter.file_extension = ".html"

c.TemplateExporter.exclude_input_prompt = True
c.TemplateExporter.exclude_output_prompt = True
c.HTMLExporter.exclude_anchor_links = True

# A cell tagged so shows only its result, or only its code.
c.TagRemovePreprocessor.enabled = True
c.TagRemovePreprocessor.remove_input_tags = {"hide-input"}
c.TagRemovePreprocessor.remove_all_outputs_tags = {"hide-output"}

# Plain colours: JupyterLab's own style reads variables of JupyterLab's style sheets.
c.CSSHTMLHeaderPreprocessor.style = "default"
c.CoalesceStreamsPreprocessor.enabled = True
