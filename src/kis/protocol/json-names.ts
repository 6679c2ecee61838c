/**
 * The number of member names in a JSON text, duplicates included. It exceeds the number of keys of the parsed object
 * when a name occurs twice, because a parser keeps only the last one. Only for the text of one flat object.
 */
export function writtenNames(text: string): number {
  return text.match(/"(?:[^"\\]|\\.)*"\s*:/g)?.length ?? 0;
}
