/** Requests that were answered wrongly once; each is tried again at every run. The characters are bytes. */
export const REQUEST_FINDINGS: [string][] = [
  // Answered without problem details, security headers and request id.
  ['GET /api/accounts?symbol=\u00ec\u0082\u00bc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
  ['GET /api/accounts/%E0%A4 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
  ['GET / HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\nConnection: close\r\n\r\n'],
  ['GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
  // Served, although it names two hosts.
  ['GET /api/accounts HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
  // Came past every hook: no request id, and nobody looked at its host.
  ['QUERY /api/x%1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
  // Two responses to one request.
  ['GET /api/accounts/%E0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
  ['GET /api/accounts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n[1]'],
];
