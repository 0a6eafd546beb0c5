/** SQL for the time that a parameter gives as Unix milliseconds: exact, and good for every date that JavaScript has. */
export function timeOf(milliseconds: string): string {
  return `timestamptz 'epoch' + ${milliseconds} * interval '1 millisecond'`;
}
