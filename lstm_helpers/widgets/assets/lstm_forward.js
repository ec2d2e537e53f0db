// Mirrors lstm_helpers.cells.lstm.forward and lstm_helpers.interventions.clamp_gates, for all widgets; a test
// compares both with the package. Arrays are flat Float64Arrays, row by row, one sequence; `held` is a list of [t,
// gate, unit, value].

import { sigmoid } from "./activations.js";

export const BLOCKS = ["i", "f", "g", "o"]; // the order of the four blocks in W_x, W_h and b

// The three terms of a gate's pre-activation, for one unit: from the input, from the hidden state, and the bias.
export function logitParts({ W_x, W_h, b }, h, x, gate, unit) {
  const hidden = h.length;
  const column = BLOCKS.indexOf(gate) * hidden + unit;
  const weighted = (values, W) =>
    values.reduce((sum, value, row) => (value === 0 ? sum : sum + value * W[row * 4 * hidden + column]), 0);
  return [weighted(x, W_x), weighted(h, W_h), b[column]];
}

export const squash = (gate, z) => (gate === "g" ? Math.tanh(z) : sigmoid(z));

function lstmForward(params, h, c, x, held = []) {
  const hidden = h.length;
  const step = Object.fromEntries([...BLOCKS, "c", "h"].map((name) => [name, new Float64Array(hidden)]));
  for (const gate of BLOCKS) {
    for (let unit = 0; unit < hidden; unit += 1) {
      const [fromX, fromH, bias] = logitParts(params, h, x, gate, unit);
      step[gate][unit] = squash(gate, fromX + fromH + bias);
    }
  }
  for (const [, gate, unit, value] of held) step[gate][unit] = value;
  for (let unit = 0; unit < hidden; unit += 1) {
    step.c[unit] = step.f[unit] * c[unit] + step.i[unit] * step.g[unit];
    step.h[unit] = step.o[unit] * Math.tanh(step.c[unit]);
  }
  return step;
}

// The trace with some gates set by hand: the same arrays up to the first such step, new ones from there.
export const holdGates = (params, trace, held) =>
  held.length ? runFrom(params, trace, held, Math.min(...held.map(([at]) => at))) : trace;

// The run over other inputs (flat, one row a step) from the same initial state.
export function readInputs(params, trace, x) {
  const steps = x.length / (params.W_x.length / (4 * trace.start_h.length));
  const blank = Object.fromEntries(
    [...BLOCKS, "c", "h"].map((name) => [name, new Float64Array(steps * trace.start_h.length)]),
  );
  return runFrom(params, { ...trace, ...blank, x, mask: new Float64Array(steps).fill(1) }, [], 0);
}

function runFrom(params, trace, held, first) {
  const [steps, hidden] = [trace.mask.length, trace.start_h.length];
  const inputs = trace.x.length / steps;
  const changed = { ...trace };
  for (const name of [...BLOCKS, "c", "h"]) changed[name] = trace[name].slice();
  const row = (name, t) => (t < 0 ? trace[`start_${name}`] : changed[name].subarray(t * hidden, (t + 1) * hidden));
  for (let t = first; t < steps; t += 1) {
    const [h, c] = [row("h", t - 1), row("c", t - 1)];
    const none = new Float64Array(hidden);
    const step =
      trace.mask[t] === 0
        ? { i: none, f: none, g: none, o: none, c, h }
        : lstmForward(
            params,
            h,
            c,
            trace.x.subarray(t * inputs, (t + 1) * inputs),
            held.filter(([at]) => at === t),
          );
    for (const [name, values] of Object.entries(step)) changed[name].set(values, t * hidden);
  }
  return changed;
}
