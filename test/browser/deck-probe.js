/* Runs inside a deck's page: what slides.test.ts asks about it. */
"use strict";

window.probe = {
  /** Text that still looks like TeX. */
  remainingTex() {
    const walker = document.createTreeWalker(document.querySelector(".slides"), window.NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const { textContent, parentElement } = walker.currentNode;
      if (parentElement.closest("pre, code, script, svg, style")) continue;
      if (/\$[^$\s][^$]*\$|\\begin\{|\\\(/.test(textContent)) found.push(textContent.trim());
    }
    return found;
  },

  /** Formulas that MathJax could not read, or that take no room. */
  failedFormulas() {
    const formulas = window.MathJax.Hub.getAllJax();
    const unread = formulas.filter((formula) => formula.texError).map((formula) => formula.originalText);
    const drawn = [...document.querySelectorAll(".slides .MathJax_SVG > svg")];
    const empty = drawn.filter((svg) => !svg.closest("aside") && svg.getBoundingClientRect().width === 0);
    return [...unread, ...empty.map((svg) => svg.outerHTML)];
  },

  showFragments() {
    while (window.Reveal.availableFragments().next) window.Reveal.nextFragment();
  },

  /** Goes to the slide that holds the element, shows all of it, and says whether the element is to be seen there. */
  show(element) {
    const { h, v } = window.Reveal.getIndices(element.closest("section"));
    window.Reveal.slide(h, v);
    window.probe.showFragments();
    element.scrollIntoView({ block: "center" });
    const { left, top, width, height } = element.getBoundingClientRect();
    const seen = document.elementFromPoint(left + width / 2, top + height / 2);
    return seen !== null && (element.contains(seen) || seen.contains(element));
  },

  /** What is cut off at the present slide's edges, or hangs below it without a way to scroll there. */
  cutOff() {
    const slide = window.Reveal.getCurrentSlide();
    const box = slide.getBoundingClientRect();
    const found = [];
    if (box.bottom > window.innerHeight + 1) found.push("the slide is taller than the screen");
    const scrolls = window.getComputedStyle(slide).overflowY === "auto" && slide.classList.contains("tall");
    if (slide.scrollHeight > slide.clientHeight + 1 && !scrolls) found.push("content hangs below the slide");
    const outside = [...slide.querySelectorAll(".jp-Cell *")].filter((part) => {
      const { left, right, width } = part.getBoundingClientRect();
      const inside = part.closest("svg, aside, figure, .js-plotly-plot");
      return width > 0 && !inside && (right > box.right + 1 || left < box.left - 1);
    });
    for (const part of outside.filter(({ parentElement }) => !outside.includes(parentElement))) {
      found.push(`${part.tagName} beyond the edge: ${part.textContent.trim().slice(0, 40)}`);
    }
    return found;
  },

  /** Moves a slider to its other end; false if its figure is the same three seconds later. */
  async slide(input) {
    const picture = input.closest("[data-figure]").querySelector("svg");
    const before = picture.innerHTML;
    input.value = input.value === input.max ? input.min : input.max;
    input.dispatchEvent(new window.Event("input", { bubbles: true }));
    for (const end = performance.now() + 3000; performance.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (picture.innerHTML !== before) return true;
    }
    return false;
  },
};
