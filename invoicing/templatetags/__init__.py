"""Tags and filters of the library's own templates."""
