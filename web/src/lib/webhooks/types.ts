/** The types of events that an endpoint chooses from, by whom they are of. Pure. */

export interface Group {
  /** The first word of its types: `job`, or the name of an app. */
  name: string;
  types: string[];
}

/** The server's types, and those that an endpoint has chosen otherwise, such as `reel.*`. */
export function groupsOf(known: string[], chosen: string[]): Group[] {
  const groups = new Map<string, string[]>();
  for (const type of [...known, ...chosen.filter((one) => !known.includes(one))]) {
    const name = type.split('.')[0] ?? type;
    groups.set(name, [...(groups.get(name) ?? []), type]);
  }
  return [...groups].map(([name, types]) => ({ name, types }));
}
