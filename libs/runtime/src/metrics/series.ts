import type { Labels } from './metric-row.ts';

/** One combination of label values, and what it has. */
export interface Series<Value> {
  readonly labels: Labels;
  readonly value: Value;
}

interface Place<Value> {
  readonly children: Map<string | undefined, Place<Value>>;
  value?: Value;
}

/** The series of a metric. One is found by its label values as they are, since a request looks for several of them. */
export class SeriesTable<Value> {
  readonly all: Series<Value>[] = [];
  readonly #labels: readonly string[];
  readonly #create: () => Value;
  readonly #root: Place<Value> = { children: new Map() };

  /** @param labels the names of the metric's labels */
  constructor(labels: readonly string[], create: () => Value) {
    this.#labels = labels;
    this.#create = create;
  }

  /** The value of a series, which is created where there is none. */
  at(labels: Labels): Value {
    let place = this.#root;
    for (const name of this.#labels) {
      const text = labels[name];
      let child = place.children.get(text);
      if (!child) {
        child = { children: new Map() };
        place.children.set(text, child);
      }
      place = child;
    }
    if (place.value === undefined) {
      place.value = this.#create();
      this.all.push({ labels, value: place.value });
    }
    return place.value;
  }
}
