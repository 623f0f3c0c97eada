"use strict";

// The search would want a worker made of a text, which the page's policy doesn't allow; there are few routes.
Redoc.init(
  "/openapi.json",
  {
    disableSearch: true,
    theme: { typography: { fontFamily: "system-ui, sans-serif", headings: { fontFamily: "system-ui, sans-serif" } } },
  },
  document.getElementById("page"),
);
