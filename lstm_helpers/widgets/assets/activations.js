// Mirrors lstm_helpers.activations, for all widgets.

export const sigmoid = (z) => 0.5 * Math.tanh(0.5 * z) + 0.5;
export const sigmoidDerivative = (s) => s * (1 - s);
export const tanhDerivative = (t) => 1 - t * t;
export const logit = (s) => Math.log(s) - Math.log1p(-s);
export const halfLife = (f) => Math.log(2) / Math.abs(Math.log(f));
