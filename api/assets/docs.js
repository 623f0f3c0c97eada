"use strict";

// No `persistAuthorization`: the key is gone with the page. No `validatorUrl`: the description isn't sent to a validator elsewhere.
SwaggerUIBundle({
  url: "/openapi.json",
  domNode: document.getElementById("page"),
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 1,
  displayRequestDuration: true,
  queryConfigEnabled: false,
  validatorUrl: null,
});
