// Mirrors lstm_helpers.activations, once for all widgets; tests compare what is drawn with the package's functions.

const sigmoid = (z) => 0.5 * Math.tanh(0.5 * z) + 0.5;
const sigmoidSlope = (s) => s * (1 - s);
const tanhSlope = (t) => 1 - t * t;
const logit = (s) => Math.log(s) - Math.log1p(-s);
const halfLife = (f) => Math.log(2) / Math.abs(Math.log(f));
