/** Something that is being done for a connection and can be given up. */
export interface ConnectionAttempt {
  destroy(error: Error): unknown;
}
