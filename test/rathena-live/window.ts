/** What a player can press in an NPC's window. */
export type Button = 'none' | 'next' | 'close' | 'menu' | 'text' | 'number';

const SAYS = 0xb4;
const CLEARS = 0x8d6;
const MENU = 0xb7;
const BUTTONS: ReadonlyMap<number, Button> = new Map([
  [0xb5, 'next'],
  [0xb6, 'close'],
  [MENU, 'menu'],
  [0x1d4, 'text'],
  [0x142, 'number'],
]);

/** The window in which an NPC speaks, as the client has it. */
export class Window {
  npc = 0;
  button: Button = 'none';
  /** Since it was opened, each as the bytes that came. */
  readonly lines: Buffer[] = [];
  options: Buffer = Buffer.alloc(0);
  /** How many packets of an NPC's window have come. */
  changes = 0;

  read(packet: Buffer): void {
    const id = packet.readUInt16LE(0);
    const button = BUTTONS.get(id);
    if (button === undefined && id !== SAYS && id !== CLEARS) return;
    this.changes += 1;
    if (id === CLEARS) {
      this.forget();
      return;
    }
    this.npc = packet.readUInt32LE(id === SAYS || id === MENU ? 4 : 2);
    if (id === SAYS) this.lines.push(untilZero(packet, 8));
    if (id === MENU) this.options = untilZero(packet, 8);
    if (button !== undefined) this.button = button;
  }

  get isOpen(): boolean {
    return this.lines.length > 0 || this.button !== 'none';
  }

  get text(): string {
    return Buffer.concat(this.lines.flatMap((line) => [line, Buffer.from('\n')])).toString('latin1');
  }

  /** What the player has pressed is gone, until the NPC shows something again. */
  pressed(): void {
    this.button = 'none';
  }

  forget(): void {
    this.npc = 0;
    this.button = 'none';
    this.lines.length = 0;
    this.options = Buffer.alloc(0);
  }

  describe(): string {
    if (!this.isOpen) return 'no window is open';
    return `a window of NPC ${this.npc} with the button ${this.button} and ${JSON.stringify(this.text.slice(-200))}`;
  }
}

function untilZero(packet: Buffer, from: number): Buffer {
  const end = packet.indexOf(0, from);
  return Buffer.from(packet.subarray(from, end < 0 ? packet.length : end));
}
