/** What an unordered list can hold. It is in one such list at most. */
export interface Listed {
  /** Where it is in its list; null where it isn't in one. The list's own. */
  index: number | null;
}

/**
 * Members in no order, added and deleted in constant time.
 *
 * An array, not a Set: when V8 makes a new table for a busy Set, the old one keeps its entries and points to the new one. From
 * the first table that is old enough on, all of them outlive the collections of young garbage.
 */
export class UnorderedList<Member extends Listed> {
  readonly #members: Member[] = [];

  /** In no order; it changes with each that is added or deleted. */
  get members(): readonly Member[] {
    return this.#members;
  }

  /** Does nothing where it is in the list. */
  add(member: Member): void {
    if (member.index === null) member.index = this.#members.push(member) - 1;
  }

  /** The last one takes its place. Does nothing where it isn't in the list. */
  delete(member: Member): void {
    const { index } = member;
    if (index === null) return;
    member.index = null;
    const last = this.#members.pop();
    if (!last || last === member) return;
    this.#members[index] = last;
    last.index = index;
  }
}
