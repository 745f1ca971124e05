#include "pipeline/check_expressions.h"

#include <algorithm>

namespace batchmill::pipeline {

namespace {

const std::vector<std::string> kOwnForms = {"${{inputs.x}}", "${{outputs.y}}"};

const char* section_name(Direction direction) {
  return direction == Direction::kInput ? "inputs" : "outputs";
}

std::string expression_of(Direction direction, const std::string& name) {
  return "${{" + std::string(section_name(direction)) + "." + name + "}}";
}

std::vector<std::string> expressions_of(const StepOutline& step, Direction direction) {
  std::vector<std::string> expressions;
  for (const std::string& name : own_names(step, direction)) {
    expressions.push_back(expression_of(direction, name));
  }
  return expressions;
}

std::optional<Direction> direction_of(const Expression& expression) {
  if (expression.form == ExpressionForm::kInput) return Direction::kInput;
  if (expression.form == ExpressionForm::kOutput) return Direction::kOutput;
  return std::nullopt;
}

bool check_expression(CheckContext& context, const StepOutline& step, const NamedScalar& at,
                      const Expression& expression, bool in_segment) {
  const auto direction = direction_of(expression);
  if (!direction) {
    report_form(context, expression, at, kOwnForms);
    return false;
  }
  const std::string name = own_name(step, *direction, expression.name);
  if (name.empty()) {
    if (step.has_open_interface) return true;
    const auto names = own_names(step, *direction);
    context.report(diagnose(207, place_of(context, at.value, expression))
                       .with("e", expression.text)
                       .with("direction", *direction == Direction::kInput ? "input" : "output")
                       .with("s", step.name)
                       .at(at.path)
                       .found(expression.name)
                       .allowed(names)
                       .near(names));
    return false;
  }
  if (*direction == Direction::kOutput) return true;
  const DeclaredInput* declared = step.component ? find_input(*step.component, name) : nullptr;
  if (declared != nullptr && declared->broken) return true;
  const bool is_optional = declared != nullptr && declared->optional;
  // Outside of the brackets an input must have a value in every use of the component.
  const bool may_lack_value = is_optional && !declared->standard;
  if (in_segment ? is_optional : !may_lack_value) return true;
  context.report(diagnose(in_segment ? 208 : 209, place_of(context, at.value, expression))
                     .with("x", name)
                     .at(at.path)
                     .found(expression.text));
  return false;
}

}  // namespace

std::vector<std::string> own_names(const StepOutline& step, Direction direction) {
  if (step.component) {
    std::vector<std::string> names;
    if (direction == Direction::kInput) {
      for (const DeclaredInput& input : step.component->inputs) names.push_back(input.name);
    } else {
      for (const DeclaredOutput& output : step.component->outputs) names.push_back(output.name);
    }
    return names;
  }
  if (!step.mapping.is_mapping()) return {};
  return key_texts(step.mapping.find(section_name(direction)));
}

std::string own_name(const StepOutline& step, Direction direction, const std::string& name) {
  const auto names = own_names(step, direction);
  return declared_name(name, [&](const std::string& candidate) {
    return std::find(names.begin(), names.end(), candidate) != names.end();
  });
}

bool check_template(CheckContext& context, const StepOutline& step, const NamedScalar& at) {
  const Template parsed = parse_template(at.value.text());
  if (parsed.unclosed) report_unclosed(context, at);
  bool is_right = !parsed.unclosed;
  bool in_segment = false;
  for (const Piece& piece : parsed.pieces) {
    if (piece.kind == Piece::Kind::kSegmentBegin) in_segment = true;
    if (piece.kind == Piece::Kind::kSegmentEnd) in_segment = false;
    if (piece.kind != Piece::Kind::kExpression) continue;
    is_right = check_expression(context, step, at, piece.expression, in_segment) && is_right;
  }
  return is_right;
}

std::optional<std::string> check_reference(CheckContext& context, const StepOutline& step,
                                           const NamedScalar& at, Direction direction, int code) {
  const Template parsed = parse_template(at.value.text());
  if (parsed.unclosed) {
    report_unclosed(context, at);
    return std::nullopt;
  }
  const Expression* whole = parsed.whole();
  if (whole != nullptr && direction_of(*whole) == direction) {
    const std::string name = own_name(step, direction, whole->name);
    if (!name.empty()) return name;
    check_expression(context, step, at, *whole, false);
    return std::nullopt;
  }
  const auto allowed = expressions_of(step, direction);
  const std::string found = at.value.text();
  auto builder = diagnose(code, at.value)
                     .with("k", at.key)
                     .with(direction == Direction::kInput ? "x" : "o", "name")
                     .at(at.path)
                     .found(found)
                     .allowed(allowed);
  const std::string meant = own_name(step, direction, found);
  if (!meant.empty()) {
    builder.suggest({expression_of(direction, meant)});
  } else if (allowed.size() == 1) {
    builder.suggest(allowed);
  } else {
    builder.near(allowed);
  }
  context.report(builder);
  return std::nullopt;
}

}  // namespace batchmill::pipeline
