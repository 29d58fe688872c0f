// A product that is chosen fills the fields of its line; what somebody typed there stays.
"use strict";

(function ($) {
    const defaults = { unit: "PIECES" };

    function fill(row, prefix, product) {
        for (const [name, value] of Object.entries(product)) {
            const field = row.querySelector(`[name="${prefix}-${name}"]`);
            if (field && (field.value === "" || field.value === defaults[name] || field.value === field.dataset.fromProduct)) {
                field.value = value;
                field.dataset.fromProduct = value;
            }
        }
    }

    $(document).on("change", 'select[name$="-product"]', async function () {
        const place = document.getElementById("invoicing-products");
        if (!place || !this.value) {
            return;
        }
        const answer = await fetch(`${place.dataset.address}?id=${encodeURIComponent(this.value)}`, { credentials: "same-origin" });
        if (answer.ok) {
            fill(this.closest("tr"), this.name.replace(/-product$/, ""), await answer.json());
        }
    });
})(django.jQuery);
