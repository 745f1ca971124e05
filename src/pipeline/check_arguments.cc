#include "pipeline/check_arguments.h"

#include <fmt/format.h>

#include "base/text.h"
#include "pipeline/check_expressions.h"
#include "pipeline/engine_arguments.h"
#include "pipeline/shell_words.h"
#include "pipeline/size_text.h"

namespace batchmill::pipeline {

namespace {

using yaml::Scalar;

std::string text_of(const std::string& value) { return value; }
std::string text_of(std::int64_t value) { return std::to_string(value); }
std::string text_of(double value) { return fmt::format("{}", value); }
std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(LoggingLevel value) {
  constexpr const char* kNames[] = {"DEBUG", "INFO", "WARNING"};
  return kNames[static_cast<int>(value)];
}

Scalar text_scalar(const std::string& text) {
  Scalar scalar;
  scalar.text = text;
  return scalar;
}

class Arguments {
 public:
  Arguments(CheckContext& context, const StepOutline& step, const Fields& task,
            const std::map<std::string, StepInput>& inputs, ParallelSpec& spec)
      : context_(context),
        step_(step),
        inputs_(inputs),
        spec_(spec),
        value_(task.value("program_arguments")),
        path_(task.path("program_arguments")) {}

  void check() {
    const auto words = split();
    if (!words) return;
    const Recognised recognised = recognise(*words);
    for (const GivenArgument& given : recognised.given) check(given);
    for (const NearArgument& near : recognised.near) {
      context_.report(diagnose(5, place(near.written))
                          .with("written", near.written)
                          .with("argument", "--" + std::string(near.argument->name))
                          .at(path_)
                          .found(near.written));
    }
  }

 private:
  // Literals are put in first, as the engine will; what is known only at run time stays one word
  // or a part of one.
  std::optional<std::vector<std::string>> split() {
    const Template parsed = parse_template(value_.text());
    std::vector<std::string> texts;
    std::vector<WordPart> line;
    texts.reserve(parsed.pieces.size());
    for (const Piece& piece : parsed.pieces) {
      if (piece.kind == Piece::Kind::kSegmentBegin || piece.kind == Piece::Kind::kSegmentEnd) {
        continue;
      }
      const auto literal = literal_of(piece);
      const bool is_text = piece.kind == Piece::Kind::kText || literal.has_value();
      texts.push_back(literal.value_or(piece.text));
      line.push_back({texts.back(), !is_text});
    }
    Words split = split_words(line);
    if (!split.unclosed) return std::move(split.words);
    const std::string quote(1, *split.unclosed);
    const SourcePlace opened =
        context_.document.place_within(value_, quote, split.unclosed_ordinal);
    context_.report(
        diagnose(511, opened).with("c", std::to_string(opened.column)).at(path_).found(quote));
    return std::nullopt;
  }

  std::optional<std::string> literal_of(const Piece& piece) const {
    if (piece.kind != Piece::Kind::kExpression || piece.expression.form != ExpressionForm::kInput) {
      return std::nullopt;
    }
    const auto input = inputs_.find(own_name(step_, Direction::kInput, piece.expression.name));
    if (input == inputs_.end() || !input->second.is_literal()) return std::nullopt;
    return std::get<LiteralInput>(input->second.source).text;
  }

  SourcePlace place(const std::string& written) const {
    return context_.document.place_within(value_, written);
  }

  DiagnosticBuilder about(int code, const GivenArgument& given) const {
    auto builder = diagnose(code, place(given.written));
    builder.at(path_).found(given.value ? given.written + " " + *given.value : given.written);
    return builder;
  }

  void check(const GivenArgument& given) {
    const EngineArgument& argument = *given.argument;
    const std::string full = "--" + std::string(argument.name);
    if (given.is_prefix) {
      context_.report(about(4, given).with("written", given.written).with("argument", full));
    }
    if (is_refused(given)) {
      context_.report(
          about(112, given).with("k", full).with("workaround", std::string(argument.workaround)));
      return;
    }
    if (argument.effect == ArgumentEffect::kWithoutEffect) {
      context_.report(about(3, given).with("argument", full));
    }
    if (argument.name == "output_action") {
      check_output_action(given);
    } else if (argument.name == "run_max_try") {
      check_tries(given);
    } else if (const KeyRule* rule = rule_of(argument)) {
      if (const auto value = convert_value(given, *rule)) apply(given, *value);
    }
  }

  static bool is_refused(const GivenArgument& given) {
    const Scalar value = text_scalar(given.value.value_or(""));
    switch (given.argument->effect) {
      case ArgumentEffect::kRefused:
        return true;
      case ArgumentEffect::kRefusedIfTrue:
        return as_boolean(value) != false;
      case ArgumentEffect::kRefusedIfMore:
        return as_integer(value).value_or(1) > 0;
      default:
        return false;
    }
  }

  std::optional<TypedScalar> convert_value(const GivenArgument& given, const KeyRule& rule) {
    const Scalar scalar = text_scalar(given.value.value_or(""));
    const auto converted = convert(scalar, rule);
    if (const auto* value = std::get_if<TypedScalar>(&converted)) {
      if (given.value || rule.kind == ValueKind::kText) return *value;
    }
    const auto* problem = std::get_if<ScalarProblem>(&converted);
    if (problem != nullptr && *problem == ScalarProblem::kRange) {
      auto builder = diagnose_range(place(given.written), rule, given.written, scalar.text);
      if (!rule.clamps) builder.help("write '" + given.written + " " + safe_value_of(rule) + "'");
      context_.report(builder.at(path_).found(given.written + " " + scalar.text));
      return clamp(scalar, rule);
    }
    if (problem != nullptr && *problem == ScalarProblem::kChoice) {
      context_.report(about(109, given)
                          .with("v", scalar.text)
                          .with("k", given.written)
                          .found(scalar.text)
                          .allowed(rule.allowed)
                          .near(rule.allowed));
      return std::nullopt;
    }
    report_value(given, std::string(describe(rule.kind)), example_of(rule));
    return std::nullopt;
  }

  void report_value(const GivenArgument& given, const std::string& type,
                    const std::string& example) {
    auto builder = about(407, given).with("v", given.value.value_or("")).with("type", type);
    if (!example.empty()) builder.with("example", given.written + " " + example);
    context_.report(builder);
  }

  void apply(const GivenArgument& given, const TypedScalar& value) {
    const std::string_view name = given.argument->name;
    const auto* integer = std::get_if<std::int64_t>(&value);
    const auto* number = std::get_if<double>(&value);
    const auto* boolean = std::get_if<bool>(&value);
    const auto* text = std::get_if<std::string>(&value);
    if (integer != nullptr) {
      if (Setting<std::int64_t>* setting = integer_setting(name)) put(given, *setting, *integer);
    } else if (number != nullptr) {
      put(given, spec_.allowed_failed_percent, *number);
    } else if (boolean != nullptr && name == "append_row_dataframe_header") {
      put(given, spec_.append_row_dataframe_header, *boolean);
    } else if (boolean != nullptr && name == "allow_empty_input") {
      put(given, spec_.allow_empty_input, *boolean);
    } else if (text != nullptr && name == "logging_level") {
      put(given, spec_.logging_level, logging_level_from(*text));
    } else if (text != nullptr && name == "append_row_file_name") {
      put_file_name(given, *text);
    } else if (text != nullptr && name == "mini_batch_size") {
      put_size(given, *text);
    }
  }

  Setting<std::int64_t>* integer_setting(std::string_view name) {
    if (name == "error_threshold") return &spec_.error_threshold;
    if (name == "allowed_failed_count") return &spec_.mini_batch_error_threshold;
    if (name == "task_overhead_timeout") return &spec_.task_overhead_timeout_seconds;
    if (name == "progress_update_timeout") return &spec_.progress_update_timeout_seconds;
    if (name == "first_task_creation_timeout") return &spec_.first_task_creation_timeout_seconds;
    if (name == "process_count_per_node") return &spec_.max_concurrency_per_instance;
    if (name == "run_invocation_timeout") return &spec_.timeout_seconds;
    return nullptr;
  }

  template <typename T>
  void put(const GivenArgument& given, Setting<T>& setting, const T& value) {
    if (setting.is_explicit() && setting.value != value) {
      report_both(given, text_of(setting.value), setting.place);
    }
    setting = {value, SettingOrigin::kArgument, place(given.written)};
  }

  void report_both(const GivenArgument& given, const std::string& other,
                   const SourcePlace& other_place) {
    context_.report(about(512, given)
                        .with("argument", given.written)
                        .with("v", given.value.value_or(""))
                        .with("k", std::string(given.argument->key_path))
                        .with("w", other)
                        .note(other_place, "the other value"));
  }

  void put_file_name(const GivenArgument& given, const std::string& name) {
    if (is_file_name(name)) {
      put(given, spec_.append_row_file_name, name);
    } else {
      report_value(given, "a file name", "rows.txt");
    }
  }

  void put_size(const GivenArgument& given, const std::string& text) {
    const auto size = parse_mini_batch_size(text);
    if (!size) {
      context_.report(about(503, given).with("v", text));
      return;
    }
    auto& setting = spec_.mini_batch_size;
    if (setting && setting->value.amount != size->amount) {
      report_both(given, setting->value.text, setting->place);
    }
    setting = {*size, SettingOrigin::kArgument, place(given.written)};
  }

  // The engine's argument counts all tries, the key only the further ones.
  void check_tries(const GivenArgument& given) {
    KeyRule rule = *rule_of(*given.argument);
    rule.range->least += 1;
    rule.example = rule.default_text = "3";
    const auto value = convert_value(given, rule);
    if (value) put(given, spec_.max_retries, std::get<std::int64_t>(*value) - 1);
  }

  // It may repeat what append_row_to says, not change it.
  void check_output_action(const GivenArgument& given) {
    const std::string action = to_lower(given.value.value_or(""));
    const bool appends = !spec_.append_row_to.empty();
    if (action == (appends ? "append_row" : "summary_only")) return;
    if (action != "append_row" && action != "summary_only") {
      const std::vector<std::string> actions = {"append_row", "summary_only"};
      context_.report(about(109, given)
                          .with("v", given.value.value_or(""))
                          .with("k", given.written)
                          .allowed(actions)
                          .found(action)
                          .near(actions));
      return;
    }
    context_.report(about(112, given)
                        .with("k", given.written + " " + action)
                        .with("workaround", appends ? "remove task.append_row_to"
                                                    : "name an output in task.append_row_to"));
  }

  CheckContext& context_;
  const StepOutline& step_;
  const std::map<std::string, StepInput>& inputs_;
  ParallelSpec& spec_;
  yaml::Value value_;
  std::string path_;
};

}  // namespace

void check_arguments(CheckContext& context, const StepOutline& step, const Fields& task,
                     const std::map<std::string, StepInput>& inputs, ParallelSpec& spec) {
  const yaml::Value value = task.value("program_arguments");
  if (!value) return;
  const NamedScalar at{value, "program_arguments", task.path("program_arguments"), step.name};
  spec.program_arguments = task.text_or("program_arguments", "");
  if (parse_template(value.text()).unclosed) {
    report_unclosed(context, at);
    return;
  }
  check_template(context, step, at);
  Arguments(context, step, task, inputs, spec).check();
}

LoggingLevel logging_level_from(const std::string& text) {
  const std::string level = to_lower(text);
  if (level == "debug") return LoggingLevel::kDebug;
  return level == "info" ? LoggingLevel::kInfo : LoggingLevel::kWarning;
}

bool is_file_name(const std::string& text) {
  return !text.empty() && text != "." && text != ".." &&
         text.find_first_of("~\"#%&*:<>?/\\{|}") == std::string::npos;
}

}  // namespace batchmill::pipeline
