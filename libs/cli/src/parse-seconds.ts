import { InvalidArgumentError } from 'commander';

/** Reads an option in seconds: a whole number where `min` is one. @throws {InvalidArgumentError} */
export function parseSeconds(min: number, max: number): (text: string) => number {
  const isWhole = Number.isInteger(min);
  return (text) => {
    const seconds = Number(text);
    if (text.trim() === '' || !(seconds >= min && seconds <= max) || (isWhole && !Number.isInteger(seconds)))
      throw new InvalidArgumentError(
        `It must be a ${isWhole ? 'whole ' : ''}number of seconds, from ${min} to ${max}.`,
      );
    return seconds;
  };
}
