/**
 * The style sheet that @observablehq/plot writes into each of its drawings: the page's policy must know its
 * hash. A release of Plot that changes it breaks a test in a browser, not a report.
 */

/** The name that the page gives its drawings: Plot's own changes with its releases. */
export const PLOT_CLASS = 'plot';

export const PLOT_STYLE = `:where(.${PLOT_CLASS}) {
  --plot-background: white;
  display: block;
  height: auto;
  height: intrinsic;
  max-width: 100%;
}
:where(.${PLOT_CLASS} text),
:where(.${PLOT_CLASS} tspan) {
  white-space: pre;
}`;
