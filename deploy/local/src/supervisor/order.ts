interface Ordered {
  readonly name: string;
  readonly needs: readonly string[];
}

/**
 * Sorts processes into waves: each wave needs only earlier ones. Starting goes through the waves
 * forwards, stopping backwards. A need outside the list is taken to be there already.
 * @throws Error when processes need each other in a circle
 */
export function inWaves<P extends Ordered>(processes: readonly P[]): P[][] {
  const listed = new Set(processes.map(({ name }) => name));
  const placed = new Set<string>();
  const waves: P[][] = [];
  let rest = [...processes];
  while (rest.length > 0) {
    const wave = rest.filter(({ needs }) => needs.every((name) => placed.has(name) || !listed.has(name)));
    if (wave.length === 0)
      throw new Error(`These need each other: ${rest.map(({ name }) => name).join(', ')}`);
    for (const { name } of wave) placed.add(name);
    waves.push(wave);
    rest = rest.filter(({ name }) => !placed.has(name));
  }
  return waves;
}
