"""Small programs for the simulated chip, assembled here so that no compiler is needed.

They run from the start of the user flash with TrustZone off, print on USART1 and then end in one of
several ways."""

import struct

FLASH = 0x08000000
STACK = 0x20004000
VECTORS = 16

RCC_APB2ENR = 0x44020CA4
RCC_APB3ENR = 0x44020CA8
PWR_DBPCR = 0x44020824
TAMP_BKP31R = 0x44007D7C
USART1 = 0x40013800
FLASH_NSKEYR = 0x40022004
FLASH_NSCR = 0x40022028
AIRCR = 0xE000ED0C

LOOP = [0xE7FE]
SLEEP = [0xB672, 0xBF30, 0xE7FD]  # interrupts off, wait for one, for ever
FAULT = [0xDE00]  # permanently undefined


class Program:
    def __init__(self, secure=False):
        """secure: runs in the Secure state, from and with the Secure aliases."""
        self.secure = secure
        self.code = []  # half-words; a tuple is a load of that number into that register
        self.store(RCC_APB2ENR, 1 << 14)
        self.store(USART1 + 0x0C, 16)  # BRR
        self.store(USART1 + 0x00, 9)  # CR1: UE, TE

    def block(self, addr):
        """A register's address, as this program uses it."""
        return addr | 0x10000000 if self.secure and addr >> 28 == 4 else addr

    def store(self, addr, value):
        addr = self.block(addr)
        self.code += [(0, addr), (1, value), 0x6001]  # str r1, [r0]
        return self

    def text(self, text):
        """Sends a text, waiting before each byte until the UART can take it, and for the last."""
        self.code.append((0, self.block(USART1)))
        for byte in text.encode():
            self.code += [0x69C2, 0x0612, 0xD5FC]  # ldr r2, [r0, #ISR]; lsls r2, #24; bpl
            self.code += [0x2100 | byte, 0x6281]  # movs r1, #byte; str r1, [r0, #TDR]
        self.code += [0x69C2, 0x0652, 0xD5FC]  # until TC
        return self

    def program_and_tell(self, first):
        """Programs quad-words from `first` on, number k with k, k, k, k; after each sends a byte:
        a letter after an even one, a line feed after an odd one."""
        self.store(FLASH_NSKEYR, 0x45670123).store(FLASH_NSKEYR, 0xCDEF89AB)
        self.store(FLASH_NSCR, 2)  # PG
        self.code += [(0, USART1), (3, FLASH_NSCR - 0x28), (4, first), 0x2500]  # movs r5, #0
        self.code += [0x6025, 0x6065, 0x60A5, 0x60E5]  # next: str r5, [r4], #4, #8, #12
        self.code += [0x6A1A, 0x07D2, 0xD1FC]  # ldr r2, [r3, #NSSR]; lsls r2, #31 (BSY); bne
        self.code += [0x2161, 0x07EA, 0xD000, 0x210A]  # r1 = r5 & 1 ? '\n' : 'a'
        self.code += [0x69C2, 0x0612, 0xD5FC, 0x6281]  # as text() does
        self.code += [0x3410, 0x3501, 0xE7ED]  # adds r4, #16; adds r5, #1; b next
        return self

    def end(self, how):
        self.code += how
        return self

    def reset(self):
        return self.store(AIRCR, 0x05FA0004).end(LOOP)

    def bytes(self):
        numbers = []
        for item in self.code:
            if isinstance(item, tuple) and item[1] not in numbers:
                numbers.append(item[1])
        start = (FLASH | 0x04000000 if self.secure else FLASH) + 4 * VECTORS
        pool = (start + 2 * len(self.code) + 3) & ~3
        words = []
        for index, item in enumerate(self.code):
            if isinstance(item, tuple):
                at = (start + 2 * index + 4) & ~3
                off = (pool + 4 * numbers.index(item[1]) - at) // 4
                assert 0 <= off < 256, 'the program is too long for its numbers'
                item = 0x4800 | item[0] << 8 | off  # ldr rN, [pc, #off]
            words.append(item)
        code = struct.pack('<%dH' % len(words), *words).ljust(pool - start, b'\0')
        loop = start + len(code) + 4 * len(numbers)  # where every fault ends
        stack = STACK | 0x10000000 if self.secure else STACK
        vectors = [stack, start + 1] + [loop + 1] * (VECTORS - 2)
        return (struct.pack('<%dI' % VECTORS, *vectors) + code
                + struct.pack('<%dI' % len(numbers), *numbers) + struct.pack('<H', LOOP[0]))
