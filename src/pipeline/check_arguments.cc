#include "pipeline/check_arguments.h"

#include <algorithm>

#include "base/text.h"
#include "pipeline/check_expressions.h"
#include "pipeline/engine_arguments.h"
#include "pipeline/setting_value.h"
#include "pipeline/shell_words.h"
#include "pipeline/size_text.h"

namespace batchmill::pipeline {

namespace {

using yaml::Scalar;

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
    set_output_only();
  }

 private:
  // Literals are put in first, as the engine will; what is known only at run time stays one word
  // or a part of one.
  std::optional<std::vector<std::string>> split() {
    const Template parsed = parse_template(value_.text());
    std::vector<std::string> texts;
    std::vector<WordPart> line;
    texts.reserve(parsed.pieces.size());
    for (const Piece& piece : with_values(parsed.pieces)) {
      const auto literal = literal_of(piece);
      const bool is_text = piece.kind == Piece::Kind::kText || literal.has_value();
      texts.push_back(literal.value_or(piece.text));
      line.push_back({texts.back(), !is_text});
    }
    Words split = split_words(line);
    if (!split.unclosed) return std::move(split.words);
    const std::string quote(1, *split.unclosed);
    const SourcePlace opened = context_.place_within(value_, quote, split.unclosed_ordinal);
    context_.report(
        diagnose(511, opened).with("c", std::to_string(opened.column)).at(path_).found(quote));
    return std::nullopt;
  }

  // Without the segments whose optional inputs have no value, and without the marks of the others.
  std::vector<Piece> with_values(const std::vector<Piece>& pieces) const {
    std::vector<Piece> kept;
    std::size_t segment = 0;
    bool has_values = true;
    for (const Piece& piece : pieces) {
      if (piece.kind == Piece::Kind::kSegmentBegin) {
        segment = kept.size();
        has_values = true;
      } else if (piece.kind == Piece::Kind::kSegmentEnd) {
        if (!has_values) kept.resize(segment);
        has_values = true;
      } else {
        const bool is_input = piece.expression.form == ExpressionForm::kInput;
        has_values =
            has_values && !(is_input && step_.unset_inputs.contains(own_name(
                                            step_, Direction::kInput, piece.expression.name)));
        kept.push_back(piece);
      }
    }
    return kept;
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
    return context_.place_within(value_, written);
  }

  DiagnosticBuilder about(int code, const GivenArgument& given) const {
    auto builder = diagnose(code, place(given.written));
    builder.at(path_).found(given.value ? given.written + " " + *given.value : given.written);
    return builder;
  }

  void check(const GivenArgument& given) {
    const EngineArgument& argument = *given.argument;
    if (given.is_prefix) {
      context_.report(about(4, given)
                          .with("written", given.written)
                          .with("argument", "--" + std::string(argument.name)));
    }
    switch (argument.effect) {
      case ArgumentEffect::kSetting:
        return set(given);
      case ArgumentEffect::kPromptFlow:
        return note_prompt_flow(given);
      case ArgumentEffect::kRefused:
        context_.report(about(112, given)
                            .with("k", "--" + std::string(argument.name))
                            .with("workaround", std::string(argument.workaround)));
        return;
      case ArgumentEffect::kScriptOnly:
        context_.report(about(3, given).with("argument", given.written));
        return;
    }
  }

  void set(const GivenArgument& given) {
    KeyRule rule = *rule_of(*given.argument);
    // The engine's argument counts all tries, the key only the further ones.
    const bool counts_tries = given.argument->name == "run_max_try";
    if (counts_tries) {
      rule.range->least += 1;
      rule.example = rule.default_text = "3";
    }
    auto value = convert_value(given, rule);
    if (!value) return;
    if (counts_tries) value = std::get<std::int64_t>(*value) - 1;
    put(given, *find_parallel_setting(given.argument->key), *value);
  }

  std::optional<TypedScalar> convert_value(const GivenArgument& given, const KeyRule& rule) {
    const Scalar scalar = text_scalar(given.value.value_or(""));
    const auto converted = convert(scalar, rule);
    const auto* value = std::get_if<TypedScalar>(&converted);
    if (value != nullptr && given.value) return *value;
    if (given.argument->is_plain_word) {
      report_foreign(given);
      return std::nullopt;
    }
    const auto* problem = std::get_if<ScalarProblem>(&converted);
    report_problem(given, rule, problem == nullptr ? ScalarProblem::kType : *problem);
    return clamp(scalar, rule);
  }

  // The script has an argument of the same name.
  void report_foreign(const GivenArgument& given) {
    context_.report(about(5, given)
                        .with("written", given.written)
                        .help("the value is none of the engine's '--" +
                              std::string(given.argument->name) + "'"));
  }

  void report_problem(const GivenArgument& given, const KeyRule& rule, ScalarProblem problem) {
    const std::string value = given.value.value_or("");
    if (problem == ScalarProblem::kRange) {
      auto builder = diagnose_range(place(given.written), rule, given.written, value);
      if (!rule.clamps) builder.help("write '" + given.written + " " + safe_value_of(rule) + "'");
      context_.report(builder.at(path_).found(given.written + " " + value));
    } else if (problem == ScalarProblem::kLater) {
      context_.report(diagnose_later(place(given.written), rule, given.written + " ", value)
                          .at(path_)
                          .found(value));
    } else if (problem == ScalarProblem::kChoice) {
      report_choice(given, rule.allowed);
    } else {
      report_value(given, std::string(describe(rule.kind)), example_of(rule));
    }
  }

  void report_choice(const GivenArgument& given, const std::vector<std::string>& allowed) {
    const std::string value = given.value.value_or("");
    context_.report(about(109, given)
                        .with("v", value)
                        .with("k", given.written)
                        .found(value)
                        .allowed(allowed)
                        .near(allowed));
  }

  void report_value(const GivenArgument& given, const std::string& type,
                    const std::string& example) {
    auto builder = about(407, given).with("v", given.value.value_or("")).with("type", type);
    if (!example.empty()) builder.with("example", given.written + " " + example);
    context_.report(builder);
  }

  void put(const GivenArgument& given, const ParallelSetting& setting, const TypedScalar& value) {
    const SettingView before = view_of(spec_, setting);
    const GivenValue put_value{value, SettingOrigin::kArgument, place(given.written)};
    if (const auto problem = put_setting(spec_, setting, put_value)) {
      context_.report(diagnose_text(*problem, place(given.written), given.value.value_or(""),
                                    given.written + " ")
                          .at(path_)
                          .found(given.written + " " + given.value.value_or("")));
      return;
    }
    if (before.is_explicit() && !is_same(before, view_of(spec_, setting))) {
      report_both(given, setting, before);
    }
  }

  // Sizes are the same in whatever unit they are written.
  static bool is_same(const SettingView& one, const SettingView& other) {
    if (one.text == other.text) return true;
    const auto size = parse_mini_batch_size(one.text);
    const auto other_size = parse_mini_batch_size(other.text);
    return size && other_size && size->amount == other_size->amount;
  }

  void report_both(const GivenArgument& given, const ParallelSetting& setting,
                   const SettingView& before) {
    context_.report(about(512, given)
                        .with("argument", given.written)
                        .with("v", given.value.value_or(""))
                        .with("k", std::string(setting.key))
                        .with("w", before.text)
                        .note(before.place, "the other value"));
  }

  void note_prompt_flow(const GivenArgument& given) {
    if (given.argument->name == "amlbi_pf_enabled") {
      const auto enabled = as_boolean(text_scalar(given.value.value_or("")));
      if (!enabled) return report_value(given, "a boolean", "True");
      is_flow_ = *enabled;
      return;
    }
    const std::vector<std::string> modes = {"component", "bulk"};
    const std::string mode = to_lower(given.value.value_or(""));
    if (std::find(modes.begin(), modes.end(), mode) == modes.end()) {
      return report_choice(given, modes);
    }
    component_mode_.reset();
    if (mode == "component") component_mode_ = place(given.written);
  }

  // A flow that runs as a component returns JSON, of which only the output is wanted.
  void set_output_only() {
    if (!is_flow_ || !component_mode_) return;
    spec_.pf_output_only = {true, SettingOrigin::kArgument, *component_mode_};
  }

  CheckContext& context_;
  const StepOutline& step_;
  const std::map<std::string, StepInput>& inputs_;
  ParallelSpec& spec_;
  yaml::Value value_;
  std::string path_;
  bool is_flow_ = false;
  std::optional<SourcePlace> component_mode_;
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

}  // namespace batchmill::pipeline
