"""What an invoice looks like to people: HTML by `html.render_html`, PDF by `pdf.render_pdf`."""
