declare module 'fs-native-extensions' {
  /** Takes the kernel's exclusive lock on an open file, without waiting; the kernel frees it when the file closes. */
  export function tryLock(fd: number): boolean;
}
