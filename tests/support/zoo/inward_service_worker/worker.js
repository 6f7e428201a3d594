addEventListener("install", event => event.waitUntil(fetch("http://$INWARD/", {mode: "no-cors"})));
