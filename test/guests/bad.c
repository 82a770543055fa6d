/* Ends badly, in the way that its argument names. */
#include "kv.h"

/* The attribute keeps the compiler from making a loop of it. */
__attribute__((optnone)) static u32 deeper(u32 depth) {
  return depth == ~0u ? 0 : deeper(depth + 1) + depth;
}

RUN u32 run(void) {
  list arguments;
  get_arguments(&arguments);
  const list *words = arguments.data;
  volatile u32 zero = 0;
  switch (arguments.length < 2 ? ' ' : *(const char *)words[1].data) {
    case 'a': /* allocates without end */
      for (u32 size = 1 << 20;; ) *(volatile u8 *)allocate(size) = 1;
    case 'd': return 10 / zero; /* divides by zero */
    case 'e': return 1; /* gives err */
    case 'h': { /* hands stdout more than is taken, does not wait, and says how much that was */
      u32 output = get_stdout();
      void *block = allocate(1 << 20);
      u64 handed = 0;
      for (;;) {
        stream_u64_result permit;
        stream_result written;
        output_check_write(output, &permit);
        if (permit.failed || permit.value == 0) break;
        output_write(output, block, (u32)permit.value, &written);
        handed += permit.value;
      }
      complain(decimal(handed));
      return 0;
    }
    case 'm': return *(volatile u32 *)(~0u - 7); /* reads beyond its memory */
    case 'p': { /* writes more than it was permitted */
      stream_result result;
      output_write(get_stdout(), "more", 4, &result);
      return 0;
    }
    case 'q': { /* polls nothing */
      list ready;
      poll(NULL, 0, &ready);
      return 0;
    }
    case 's': return deeper(0); /* calls itself without end */
    case 'x': /* exits with an error */
      exit_with_result(1);
      return 0;
    case '7': /* exits with 7, having said something */
      print("seven\n");
      exit_with_code(7);
      return 0;
    default: __builtin_trap();
  }
}
