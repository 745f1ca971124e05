#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The one table of every key that may stand in a pipeline file (pipeline-yaml.md 1 to 4,
// parallel-job.md 1 and 2, cli.md 8). The validator, the suggestions, `--help` and docs/keys.md
// are all made from it; a key that is not here is unknown everywhere.
namespace batchmill::pipeline {

enum class MappingKind {
  kPipelineJob,
  kCommandJob,  // top-level `type: command`
  kSettings,
  kCommandStep,
  kParallelStep,
  kTask,
  kRetrySettings,
  kResources,
  kLimits,
  kDistribution,
  kInput,
  kOutput,
  kEnvironment,
  kBuild,
  kCommandComponent,
  kParallelComponent,
  kComponentInput,
  kComponentOutput,
};
constexpr int kMappingKinds = 18;

// "a parallel step", "retry_settings": what messages call such a mapping.
std::string_view describe(MappingKind kind);

enum class ValueKind {
  kText,      // a string; other scalars are taken as their text
  kFreeText,  // the same, never searched for expressions
  kInteger,
  kNumber,
  kBoolean,
  kChoice,     // one of `allowed`, in any case
  kSize,       // of a mini-batch: "10", "10kb"
  kTemplate,   // text with ${{inputs.x}} and ${{outputs.y}}
  kReference,  // one such expression
  kTextMap,    // names to texts
  kMapping,    // a mapping of kind `child`
  kNamed,      // names to inputs, outputs or steps: each has its own rules
  kTextOrMapping,
  kList,
  kAny,  // not looked into
};
std::string_view describe(ValueKind kind);  // "an integer"

enum class KeyEffect {
  kHonoured,
  kIgnored,  // accepted and recorded: nothing to do on machines of one's own
  kLater,    // refused by name: it would change what comes out (BM112)
};

struct Range {
  double least = 0;
  double most = 0;
};

struct KeyRule {
  std::string name;
  ValueKind kind = ValueKind::kText;
  std::string help;
  std::string default_text;  // "" where there is none
  std::string example;       // a value, as it would be written
  bool required = false;
  std::string unless;  // key whose presence makes a required one needless
  // Of a component: is not handed down to the steps that use it.
  bool own = false;
  // A mapping that a step gives replaces the component's as a whole, instead of key by key.
  bool whole = false;
  bool bindable = false;             // may be ${{parent.inputs.x}}
  std::optional<Range> range;        // numbers
  bool clamps = false;               // beyond the range: a warning, and the bound is taken
  std::optional<double> unset;       // a number that means "not given"
  std::vector<std::string> allowed;  // kChoice
  std::vector<std::string> later;    // choices of later versions (BM112)
  KeyEffect effect = KeyEffect::kHonoured;
  std::string workaround;            // kLater
  std::optional<MappingKind> child;  // kMapping
};

// A value to show in advice: the example, or else the default.
std::string example_of(const KeyRule& rule);
// The same where a number is out of range: the default first.
std::string safe_value_of(const KeyRule& rule);

// In the order in which messages and documents list them.
const std::vector<KeyRule>& keys_of(MappingKind kind);
const KeyRule* find_key(MappingKind kind, std::string_view name);  // null: unknown
// The same for a path below the mapping: "retry_settings.timeout".
const KeyRule* find_key_at(MappingKind kind, std::string_view path);
// Names that a message may offer: all but those of later versions and ignored ones.
std::vector<std::string> key_names(MappingKind kind);

// Where a name that is unknown in `kind` does belong, relative to the mapping it was found in:
// "task.entry_script" below it, "../error_threshold" one up, "../retry_settings.timeout" beside
// it; "" if nowhere. `parent` is the kind of the enclosing mapping, if it has one.
std::string belongs_at(std::string_view name, MappingKind kind, std::optional<MappingKind> parent);

// Other names in use for a key ("item_error_threshold"), with what to write instead here
// ("error_threshold", "retry_settings.timeout"); "" if it is none.
std::string known_as(std::string_view name, MappingKind kind);

// Names for nearest-spelling suggestions of an unknown key, best first.
std::vector<std::string> suggest_keys(std::string_view name, MappingKind kind);

// docs/keys.md.
std::string render_key_table();

}  // namespace batchmill::pipeline
