"""The look: design tokens in one CSS file, macros, SVG charts, numbers by locale. Report and site share them."""
