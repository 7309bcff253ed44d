/** An element to be written: its text, or the elements within it. What is null is left out. */
export type Written = readonly [
  name: string,
  content: string | readonly (Written | null)[],
  attribute?: string,
];

/** Writes elements without spaces between them, so that the same content gives the same bytes. */
export function writeXml(namespace: string, root: Written): string {
  const [name, content] = root;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${written([name, content, ` xmlns="${namespace}"`])}\n`;
}

function written([name, content, attribute = '']: Written): string {
  const inside =
    typeof content === 'string' ? escaped(content) : content.map((one) => (one ? written(one) : '')).join('');
  return `<${name}${attribute}>${inside}</${name}>`;
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
