/// The file's only script: a field that filters the steps, which isn't there without it.
enum HTMLScript {
    /// Its text.
    static let text: StaticString = """
        "use strict";
        for (const field of document.querySelectorAll(".filter")) {
          field.hidden = false;
          const input = field.querySelector("input");
          const section = field.closest("section");
          input.addEventListener("input", () => {
            const words = input.value.toLowerCase().split(" ").filter(Boolean);
            for (const step of section.querySelectorAll(".step")) {
              const text = step.textContent.toLowerCase();
              step.hidden = !words.every((word) => text.includes(word));
            }
            for (const stage of section.querySelectorAll(".stage")) {
              stage.hidden = !stage.querySelector(".step:not([hidden])");
            }
          });
        }
        """
}
