/**
 * How many names of members a JSON text has, each as often as it is written: more than its parsed object has keys when one
 * stands twice, of which a parser keeps the last. Only for the text of one flat object.
 */
export function writtenNames(text: string): number {
  return text.match(/"(?:[^"\\]|\\.)*"\s*:/g)?.length ?? 0;
}
