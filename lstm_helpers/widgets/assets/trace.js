// A trace in the browser: the float64 numbers that Python sent, and the sentence about a step.

import { doubles, fixed, niceLimit } from "./numbers.js";

// The arrays that Python sent under a trait, by name.
export function unpackArrays(views) {
  const arrays = {};
  for (const [name, view] of Object.entries(views)) {
    arrays[name] = doubles(view);
  }
  return arrays;
}

// A trace's arrays with ways to read them: one unit at one step, the step before it, the input.
export function readTrace(trace, { steps, hidden, inputs }, labels) {
  const at = (name, t, unit) => trace[name][t * hidden + unit];
  const before = (name, t, unit) => (t > 0 ? at(name, t - 1, unit) : trace[`start_${name}`][unit]);
  const largest = [...trace.c, ...trace.start_c].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const input = (t) => Array.from(trace.x.subarray(t * inputs, (t + 1) * inputs));
  return {
    trace,
    steps,
    hidden,
    inputs,
    labels,
    at,
    before,
    input,
    seen: (t) => trace.mask[t] !== 0,
    top: niceLimit(largest),
  };
}

export const unpack = (model) =>
  readTrace(unpackArrays(model.get("_numbers")), model.get("_size"), model.get("_labels"));

function inputWords(run, t) {
  const label = run.labels.length ? run.labels[t] : ""; // a word, or a time such as a year
  if (run.inputs > 1)
    return (
      label ||
      `x = (${run
        .input(t)
        .slice(0, 3)
        .map((v) => fixed(v))
        .join(", ")}${run.inputs > 3 ? ", …" : ""})`
    );
  const value = `x = ${fixed(run.input(t)[0])}`;
  return label ? `${label}, ${value}` : value;
}

export function describe(run, t, unit) {
  const place = `Step ${t + 1} of ${run.steps}`;
  const c = fixed(run.at("c", t, unit));
  const h = fixed(run.at("h", t, unit));
  if (!run.seen(t))
    return `${place}: padding, which the cell skips. Unit ${unit} carries c = ${c} and h = ${h} over unchanged.`;
  const part = (name, verb) => `${verb} ${fixed(run.at(name, t, unit))}`;
  const words = inputWords(run, t);
  const quoted = run.inputs > 1 && run.labels.length ? `\u201c${words}\u201d` : words;
  return (
    `${place}. Input: ${quoted}. Unit ${unit}: ${part("f", "the forget gate keeps")} of c, ` +
    `${part("i", "the input gate writes")} of the candidate ${fixed(run.at("g", t, unit))}; now c = ${c}. ` +
    `${part("o", "The output gate passes")} of tanh c: h = ${h}.`
  );
}
