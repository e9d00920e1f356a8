/* TeX as JupyterLab reads it, drawn as SVG: pages opened from a disk may not load fonts in every browser. */
window.MathJax = {
  jax: ["input/TeX", "output/SVG"],
  extensions: ["tex2jax.js"],
  TeX: { extensions: ["AMSmath.js", "AMSsymbols.js", "autoload-all.js"] },
  tex2jax: {
    inlineMath: [
      ["$", "$"],
      ["\\(", "\\)"],
    ],
    processEscapes: true,
  },
  SVG: { blacker: 0, linebreaks: { automatic: true } },
  messageStyle: "none",
  showMathMenu: false,
  // deck.js says when.
  skipStartupTypeset: true,
};
