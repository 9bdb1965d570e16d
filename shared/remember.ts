/** What is computed of an object once, and as long as there is one: nobody changes it. What throws is computed again. */
export function perObject<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { value: Value }>();
  return (key) => {
    const found = known.get(key) ?? { value: compute(key) };
    known.set(key, found);
    return found.value;
  };
}

/** Of each, beside its text: what is made of it. */
const FORM_CHARACTERS = 256;

/** The same of a text, for two generations of so many characters. */
export function perText<Value>(
  characters: number,
  compute: (text: string) => Value,
): (text: string) => Value {
  let [recent, older, taken] = [new Map<string, { value: Value }>(), new Map<string, { value: Value }>(), 0];
  return (text) => {
    const young = recent.get(text);
    if (young !== undefined) return young.value;
    const found = older.get(text) ?? { value: compute(text) };
    if (taken > characters) [recent, older, taken] = [new Map(), recent, 0];
    recent.set(text, found);
    taken += text.length + FORM_CHARACTERS;
    return found.value;
  };
}
