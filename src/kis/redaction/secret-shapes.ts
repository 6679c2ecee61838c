interface Shape {
  readonly pattern: RegExp;
  readonly replacement: string;
}

/** The patterns of the brokerage's secrets, known or not. */
const SHAPES: readonly Shape[] = [
  // A token is a JWT (KIS portal, 접근토큰발급(P)); its beginning alone reveals nothing, but is of no use either.
  { pattern: /eyJ(?:[\w-]+\.[\w-]+\.[\w-]*|[\w-]{8,}(?:\.[\w-]*)?)/g, replacement: '[token]' },
  { pattern: /\b(Bearer)\s+[\w.~+/=-]{8,}/gi, replacement: '$1 [token]' },
  {
    pattern:
      /((?:secret|secret_?key|access_?token|sec_?key|approval_?key|api[-_]?key|(?:my|paper)_sec)["']?\s*[:=]\s*["']?)[^\s"',;&}[]{16,}/gi,
    replacement: '$1[secret]',
  },
  { pattern: /[A-Za-z0-9+/]{100,}={0,2}/g, replacement: '[secret]' },
  { pattern: /(app_?key["']?\s*[:=]\s*["']?[A-Za-z0-9]{10})[A-Za-z0-9]+/gi, replacement: '$1…' },
  { pattern: /(?<![A-Za-z0-9])(P[A-Za-z0-9]{9})[A-Za-z0-9]{26}(?![A-Za-z0-9])/g, replacement: '$1…' },
  { pattern: /(CANO["']?\s*[:=]\s*["']?\d{4})\d{4}/gi, replacement: '$1****' },
  { pattern: /(?<![A-Za-z0-9-])(\d{4})\d{4}-(\d{2})(?![\w-])/g, replacement: '$1****-$2' },
];

/** Replaces what has the shape of a secret, whether it is known or not. */
export function redactShapes(text: string): string {
  return SHAPES.reduce((left, { pattern, replacement }) => left.replace(pattern, replacement), text);
}
