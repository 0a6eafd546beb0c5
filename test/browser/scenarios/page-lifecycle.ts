import { eventually, type Tab } from '@admit-one/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Scene } from '../scene.ts';
import { expectStories } from '../stories.ts';

/** A page that is put away for a while. */
export function pageLifecycle(scene: () => Scene): void {
  let tab: Tab;

  beforeEach(async () => {
    tab = await scene().tab();
    await expectCourse('authenticating connecting open');
  });
  afterEach(async () => {
    await tab.evaluate('localStorage.clear()');
    await tab.close();
  });

  /** A browser may tell a page more than once that it is hidden, with a moment in between in which it connects. */
  async function expectCourse(course: string): Promise<void> {
    const states = () => tab.evaluate<string>(`app.lines[''].states.join(' ')`);
    const hiddenOnce = async () => (await states()).replaceAll(' authenticating waiting(HIDDEN)', '');
    await eventually(async () => expect(await hiddenOnce()).toBe(course), { what: course });
  }

  function session(): Promise<string> {
    return tab.evaluate(`JSON.parse(atob(localStorage.getItem('jwt').split('.')[1])).sessionId`);
  }

  async function expectEcho(text: string): Promise<void> {
    expect(await tab.evaluate(`app.say('${text}')`)).toBe(text);
  }

  test('behind another tab stays connected', async () => {
    await tab.hide();
    await expectEcho('behind');
    await tab.show();
    await expectEcho('in front');
    await expectCourse('authenticating connecting open');
    await expectStories(scene().stack, await session(), ['issued reserved consumed']);
  });

  test('behind another tab, and cut off, connects again', async () => {
    await tab.hide();
    scene().network.cut();
    await expectCourse('authenticating connecting open waiting(NETWORK) authenticating connecting open');
    await expectEcho('back');
    await expectStories(scene().stack, await session(), [
      'issued reserved consumed closed(1006)',
      'issued reserved consumed',
    ]);
  });

  test('frozen lets its connection go, and thawed connects again', async () => {
    await tab.hide();
    await tab.freeze();
    await expectStories(scene().stack, await session(), ['issued reserved consumed closed(1005)']);
    await tab.thaw();
    await tab.show();
    await expectCourse('authenticating connecting open waiting(HIDDEN) authenticating connecting open');
    await expectEcho('back');
    await expectStories(scene().stack, await session(), [
      'issued reserved consumed closed(1005)',
      'issued reserved consumed',
    ]);
  });

  test('left, and come back to as it was, connects again', async () => {
    await tab.evaluate(`window.isTheSame = true; location.href = '/elsewhere'`);
    await eventually(async () => (await tab.evaluate('location.pathname')) === '/elsewhere', {
      what: 'the other page',
    });
    await tab.evaluate('history.back()');
    await eventually(() => tab.evaluate<boolean>('window.isTheSame === true'), {
      what: 'the page as it was',
    });
    await expectCourse('authenticating connecting open waiting(HIDDEN) authenticating connecting open');
    await expectEcho('back');
    await expectStories(scene().stack, await session(), [
      'issued reserved consumed closed(1005)',
      'issued reserved consumed',
    ]);
  });
}
