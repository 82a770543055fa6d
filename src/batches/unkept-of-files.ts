/** What a folder contains that records cannot say. */
import { counted } from '../terminal/quantities.js';

export class UnkeptOfFiles {
  links = 0;
  /** Devices, FIFOs and sockets. */
  others = 0;
  /** Executable files. */
  executables = 0;

  /** Undefined if there is none of it. */
  get inWords(): string | undefined {
    const { links, others, executables } = this;
    const parts = [
      links > 0 && `left out ${counted(links, 'symbolic link')}`,
      others > 0 &&
        `left out ${counted(others, 'device, FIFO or socket', 'devices, FIFOs and sockets')}`,
      executables > 0 &&
        `modes are not kept, and ${counted(executables, 'file may', 'files may')} be run`,
    ].filter((part) => part !== false);
    return parts.length === 0 ? undefined : parts.join('; ');
  }
}
