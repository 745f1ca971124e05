#include "pipeline/plan_json.h"

#include <type_traits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "model/parallel_settings.h"

// One description of the fields (`fields(io, thing)`) serves both directions: a Writer reads them
// into JSON, a Reader fills them from JSON. Exceptions of the JSON library stop in plan_from_json.
namespace batchmill::pipeline {

namespace {

using nlohmann::json;

template <typename Io>
void fields(Io& io, SourcePlace& place);
template <typename Io>
void fields(Io& io, PathInput& input);
template <typename Io>
void fields(Io& io, LiteralInput& input);
template <typename Io>
void fields(Io& io, StepOutputInput& input);
template <typename Io>
void fields(Io& io, StepInput& input);
template <typename Io>
void fields(Io& io, StepOutput& output);
template <typename Io>
void fields(Io& io, EnvironmentSpec& environment);
template <typename Io>
void fields(Io& io, MiniBatchSize& size);
template <typename Io>
void fields(Io& io, CommandSpec& spec);
struct Settings;
template <typename Io>
void fields(Io& io, Settings& settings);
template <typename Io>
void fields(Io& io, ParallelSpec& spec);
template <typename Io>
void fields(Io& io, StepPlan& step);
template <typename Io, typename T>
void fields(Io& io, Setting<T>& setting);

// ---- enumerations by their names --------------------------------------------------------------

template <typename T>
struct Names;  // `all`: the values

template <>
struct Names<DataType> {
  static constexpr DataType all[] = {DataType::kUriFile,     DataType::kUriFolder,
                                     DataType::kMltable,     DataType::kCustomModel,
                                     DataType::kMlflowModel, DataType::kTritonModel};
  static const char* of(DataType value) { return name_of(value); }
};
template <>
struct Names<InputMode> {
  static constexpr InputMode all[] = {InputMode::kRoMount, InputMode::kDownload, InputMode::kDirect,
                                      InputMode::kEvalMount, InputMode::kEvalDownload};
  static const char* of(InputMode value) { return name_of(value); }
};
template <>
struct Names<OutputMode> {
  static constexpr OutputMode all[] = {OutputMode::kRwMount, OutputMode::kUpload,
                                       OutputMode::kDirect};
  static const char* of(OutputMode value) { return name_of(value); }
};
template <>
struct Names<SettingOrigin> {
  static constexpr SettingOrigin all[] = {SettingOrigin::kDefault, SettingOrigin::kComponent,
                                          SettingOrigin::kNode, SettingOrigin::kArgument};
  static const char* of(SettingOrigin value) { return origin_name(value); }
};
template <>
struct Names<LoggingLevel> {
  static constexpr LoggingLevel all[] = {LoggingLevel::kDebug, LoggingLevel::kInfo,
                                         LoggingLevel::kWarning};
  static const char* of(LoggingLevel value) { return name_of(value); }
};

template <typename T>
constexpr bool kIsPlain = std::is_same_v<T, std::string> || std::is_arithmetic_v<T>;

// ---- writing ----------------------------------------------------------------------------------

class Writer {
 public:
  template <typename T>
  void operator()(const char* name, T& value) {
    object_[name] = encode(value);
  }
  json take() { return std::move(object_); }

  template <typename T>
  static json encode(T& value) {
    if constexpr (kIsPlain<T>) {
      return value;
    } else if constexpr (std::is_enum_v<T>) {
      return Names<T>::of(value);
    } else {
      Writer writer;
      fields(writer, value);
      return writer.take();
    }
  }
  template <typename T>
  static json encode(std::optional<T>& value) {
    return value ? encode(*value) : json();
  }
  template <typename T>
  static json encode(std::vector<T>& values) {
    json list = json::array();
    for (T& value : values) list.push_back(encode(value));
    return list;
  }
  template <typename T>
  static json encode(std::map<std::string, T>& values) {
    json object = json::object();
    for (auto& [name, value] : values) object[name] = encode(value);
    return object;
  }

 private:
  json object_ = json::object();
};

// ---- reading ----------------------------------------------------------------------------------

struct Malformed {
  std::string message;
};

class Reader {
 public:
  explicit Reader(const json& object) : object_(object) {}

  template <typename T>
  void operator()(const char* name, T& value) {
    const auto found = object_.find(name);
    if (found == object_.end()) throw Malformed{fmt::format("'{}' is missing", name)};
    decode(*found, value);
  }
  bool has(const char* name) const { return object_.contains(name); }

  template <typename T>
  static void decode(const json& source, T& value) {
    if constexpr (kIsPlain<T>) {
      source.get_to(value);
    } else if constexpr (std::is_enum_v<T>) {
      value = by_name<T>(source.get<std::string>());
    } else {
      Reader reader(source);
      fields(reader, value);
    }
  }
  template <typename T>
  static void decode(const json& source, std::optional<T>& value) {
    value.reset();
    if (!source.is_null()) decode(source, value.emplace());
  }
  template <typename T>
  static void decode(const json& source, std::vector<T>& values) {
    values.clear();
    for (const json& item : source) decode(item, values.emplace_back());
  }
  template <typename T>
  static void decode(const json& source, std::map<std::string, T>& values) {
    values.clear();
    for (const auto& [name, item] : source.items()) decode(item, values[name]);
  }

 private:
  template <typename T>
  static T by_name(const std::string& name) {
    for (const T value : Names<T>::all) {
      if (name == Names<T>::of(value)) return value;
    }
    throw Malformed{fmt::format("'{}' is no known value", name)};
  }

  const json& object_;
};

// ---- what is stored ---------------------------------------------------------------------------

template <typename Io>
void fields(Io& io, SourcePlace& place) {
  io("file", place.file);
  io("line", place.line);
  io("column", place.column);
  io("end_column", place.end_column);
}

template <typename Io, typename T>
void fields(Io& io, Setting<T>& setting) {
  io("value", setting.value);
  io("origin", setting.origin);
  io("place", setting.place);
}

template <typename Io>
void fields(Io& io, LiteralInput& input) {
  io("literal", input.text);
}

template <typename Io>
void fields(Io& io, PathInput& input) {
  io("path", input.path);
}

template <typename Io>
void fields(Io& io, StepOutputInput& input) {
  io("step", input.step);
  io("output", input.output);
}

// Which of the alternatives of a source is stored shows by its keys.
void source_fields(Writer& io, StepInput& input) {
  std::visit([&](auto& source) { fields(io, source); }, input.source);
}
void source_fields(Reader& io, StepInput& input) {
  if (io.has("literal")) {
    fields(io, input.source.emplace<LiteralInput>());
  } else if (io.has("path")) {
    fields(io, input.source.emplace<PathInput>());
  } else {
    fields(io, input.source.emplace<StepOutputInput>());
  }
}

template <typename Io>
void fields(Io& io, StepInput& input) {
  source_fields(io, input);
  io("type", input.type);
  io("mode", input.mode);
  io("place", input.place);
}

template <typename Io>
void fields(Io& io, StepOutput& output) {
  io("type", output.type);
  io("mode", output.mode);
  io("path", output.path);
  io("pipeline_output", output.pipeline_output);
  io("place", output.place);
}

template <typename Io>
void fields(Io& io, EnvironmentSpec& environment) {
  io("reference", environment.reference);
  io("image", environment.image);
  io("conda_file", environment.conda_file);
  io("build_folder", environment.build_folder);
  io("place", environment.place);
  io("python", environment.python);
  io("bin_folder", environment.bin_folder);
}

template <typename Io>
void fields(Io& io, CommandSpec& spec) {
  io("command", spec.command);
  io("timeout_seconds", spec.timeout_seconds);
}

template <typename Io>
void fields(Io& io, MiniBatchSize& size) {
  io("amount", size.amount);
  io("bytes", size.bytes);
  io("text", size.text);
}

// The settings by their keys, so that each of them is stored.
struct Settings {
  ParallelSpec& spec;
};

template <typename Io>
void fields(Io& io, Settings& settings) {
  for (const ParallelSetting& setting : parallel_settings()) {
    const std::string key(setting.key);
    std::visit([&](auto member) { io(key.c_str(), settings.spec.*member); }, setting.member);
  }
}

template <typename Io>
void fields(Io& io, ParallelSpec& spec) {
  io("input_data", spec.input_data);
  io("entry_script", spec.entry_script);
  io("program_arguments", spec.program_arguments);
  io("append_row_to", spec.append_row_to);
  io("output_data", spec.output_data);
  Settings settings{spec};
  io("settings", settings);
}

// Which kind of step is stored shows by its key.
void spec_fields(Writer& io, StepPlan& step) {
  if (auto* parallel = std::get_if<ParallelSpec>(&step.spec)) {
    io("parallel", *parallel);
  } else {
    io("command", std::get<CommandSpec>(step.spec));
  }
}
void spec_fields(Reader& io, StepPlan& step) {
  if (io.has("parallel")) {
    io("parallel", step.spec.emplace<ParallelSpec>());
  } else {
    io("command", step.spec.emplace<CommandSpec>());
  }
}

template <typename Io>
void fields(Io& io, StepPlan& step) {
  io("name", step.name);
  io("display_name", step.display_name);
  io("description", step.description);
  io("tags", step.tags);
  io("place", step.place);
  io("base_dir", step.base_dir);
  io("code", step.code);
  io("compute", step.compute);
  io("environment", step.environment);
  io("environment_variables", step.environment_variables);
  io("inputs", step.inputs);
  io("outputs", step.outputs);
  spec_fields(io, step);
}

template <typename Io>
void fields(Io& io, PipelinePlan& plan) {
  io("name", plan.name);
  io("display_name", plan.display_name);
  io("experiment_name", plan.experiment_name);
  io("description", plan.description);
  io("tags", plan.tags);
  io("properties", plan.properties);
  io("default_compute", plan.default_compute);
  io("default_datastore", plan.default_datastore);
  io("continue_on_step_failure", plan.continue_on_step_failure);
  io("force_rerun", plan.force_rerun);
  io("source_file", plan.source_file);
  io("is_single_command", plan.is_single_command);
  io("resume_from", plan.resume_from);
  io("accept_new_code", plan.accept_new_code);
  io("inputs", plan.inputs);
  io("outputs", plan.outputs);
  io("steps", plan.steps);
}

PipelinePlan read_plan(const json& document) {
  const int version = document.at("version").get<int>();
  if (version > kPlanVersion) {
    throw Malformed{
        fmt::format("version {} is newer than this program's {}", version, kPlanVersion)};
  }
  if (version < kPlanVersion) {
    throw Malformed{
        fmt::format("version {} is older than this program's {}", version, kPlanVersion)};
  }
  PipelinePlan plan;
  Reader reader(document);
  fields(reader, plan);
  return plan;
}

}  // namespace

std::string plan_to_json(const PipelinePlan& plan) {
  PipelinePlan copy = plan;
  Writer writer;
  fields(writer, copy);
  json document = writer.take();
  document["version"] = kPlanVersion;
  // Bytes of the user's that are not UTF-8 must not make a job unreadable.
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<PipelinePlan> plan_from_json(std::string_view text) {
  try {
    return read_plan(json::parse(text));
  } catch (const Malformed& malformed) {
    return fail(ErrorKind::kProtocol, "stored plan: " + malformed.message);
  } catch (const json::exception& problem) {
    return fail(ErrorKind::kProtocol, std::string("stored plan: ") + problem.what());
  }
}

}  // namespace batchmill::pipeline
