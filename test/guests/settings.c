/* Prints its variables, its settings, and of each argument what the setting of that name is. */
#include "kv.h"

#define CONFIG "wasi:config/store@0.2.0-rc.1"

/** `result<option<string>, error>` and `result<list<tuple<string, string>>, error>`, of which none fails. */
typedef struct { u8 failed; struct { u8 some; list text; } value; } setting_result;
typedef struct { u8 failed; list all; u32 rest; } settings_result;
IMPORT(CONFIG, "get") void config_get(const void *, u32, setting_result *);
IMPORT(CONFIG, "get-all") void config_get_all(settings_result *);

static u32 output;

static void say(const list *text) { write_all(output, text->data, text->length); }

static void say_pairs(const list *pairs) {
  const list *texts = pairs->data;
  for (u32 i = 0; i < pairs->length; i++) {
    say(&texts[2 * i]);
    write_all(output, "=", 1);
    say(&texts[2 * i + 1]);
    write_all(output, "\n", 1);
  }
}

RUN u32 run(void) {
  output = get_stdout();
  list pairs;
  get_environment(&pairs);
  say_pairs(&pairs);
  settings_result all;
  config_get_all(&all);
  say_pairs(&all.all);
  list arguments;
  get_arguments(&arguments);
  const list *words = arguments.data;
  for (u32 i = 1; i < arguments.length; i++) {
    setting_result setting;
    config_get(words[i].data, words[i].length, &setting);
    if (setting.value.some) say(&setting.value.text);
    else write_all(output, "none", 4);
    write_all(output, "\n", 1);
  }
  return 0;
}
