#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/key_table.h"

// The program arguments that the engine knows (parallel-job.md 2). Pure.
namespace batchmill::pipeline {

enum class ArgumentEffect {
  kSetting,     // overrides a key
  kPromptFlow,  // takes part in deciding pf_output_only
  kScriptOnly,  // the script reads it; the engine has no use for it
  kRefused,     // would change what comes out; BM112
};

struct EngineArgument {
  std::string_view name;  // without "--"
  ArgumentEffect effect = ArgumentEffect::kSetting;
  std::string_view key;  // path of its key below the step: "retry_settings.timeout"; "" for none
  // A word that the original does not know and that a script may use for something else: with a
  // value that is none of the setting's it is the script's.
  bool is_plain_word = false;
  std::string_view workaround;  // of the refused ones
};

std::span<const EngineArgument> engine_arguments();
const EngineArgument* find_engine_argument(std::string_view name);  // null: none
// The rule for the value of an argument; null where any value will do.
const KeyRule* rule_of(const EngineArgument& argument);

// An engine argument among the words of program_arguments.
struct GivenArgument {
  const EngineArgument* argument = nullptr;
  std::string written;               // "--resource_monitor_interva"
  bool is_prefix = false;            // taken for the argument that it begins (notice 004)
  std::optional<std::string> value;  // nothing when it stands last or before another option
};
// An option that is close to an engine argument, or to the key of one, but none (notice 005).
struct NearArgument {
  std::string written;
  const EngineArgument* argument = nullptr;
};
struct Recognised {
  std::vector<GivenArgument> given;  // in the order of the words
  std::vector<NearArgument> near;
};

// "--name value" and "--name=value". An unknown long option with at least 80 % of the letters of
// exactly one engine argument that it begins is taken for it.
Recognised recognise(const std::vector<std::string>& words);

}  // namespace batchmill::pipeline
