import type { Details } from "../checkpoint";

/** Which settings of a file are not those that are wanted, each as a text: the first with both values, the others by name. */
export function differences(found: Details, wanted: Details): string[] {
  // As JSON gives them back: without what is undefined.
  const expected = JSON.parse(JSON.stringify(wanted)) as Details;
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  const text = (details: Details, name: string): string =>
    name in details ? JSON.stringify(details[name]) : "nothing";
  return names
    .filter((name) => text(found, name) !== text(expected, name))
    .map((name, i) =>
      i === 0 ? `${name} is ${text(found, name)} instead of ${text(expected, name)}` : name,
    );
}
