#include "pipeline/step_binding.h"

#include <algorithm>

#include "base/text.h"
#include "pipeline/check_expressions.h"

namespace batchmill::pipeline {

namespace {

const std::vector<std::string> kBindingForms = {"${{parent.inputs.x}}",
                                                "${{parent.jobs.step.outputs.y}}"};

yaml::Value section_of(const StepOutline& step, std::string_view section) {
  return step.mapping.is_mapping() ? step.mapping.find(section) : yaml::Value();
}

class Binder {
 public:
  Binder(CheckContext& context, const StepOutline& step, const InputEntry& input)
      : context_(context), step_(step), input_(input) {}

  std::optional<StepInput> bind(const Expression& expression) {
    switch (expression.form) {
      case ExpressionForm::kParentInput:
        return bind_pipeline_input(expression);
      case ExpressionForm::kStepOutput:
        return bind_step_output(expression);
      case ExpressionForm::kStepInput:
        return bind_step_input_of_other(expression);
      case ExpressionForm::kInput:
      case ExpressionForm::kOldStepOutput:
        report_old(expression);
        return std::nullopt;
      default:
        report_form(context_, expression, at(), kBindingForms);
        return std::nullopt;
    }
  }

 private:
  NamedScalar at() const { return {input_.scalar, input_.name, input_.scalar_path, step_.name}; }

  std::optional<StepInput> bind_pipeline_input(const Expression& expression) {
    const PipelineInput* source = find_parent_input(context_, expression, at());
    if (source == nullptr || source->kind == PipelineInput::Kind::kBroken) return std::nullopt;
    if (source->kind == PipelineInput::Kind::kMissing) {
      report_no_value(context_, *source, expression.name, step_.name);
      return std::nullopt;
    }
    StepInput bound;
    if (source->kind == PipelineInput::Kind::kLiteral) {
      bound.source = LiteralInput{yaml::python_text(source->literal)};
    } else {
      bound = source->data;
    }
    return bound;
  }

  // The step that an expression names; null after a report, or when that step is broken.
  const StepOutline* find_named_step(const Expression& expression) {
    const StepOutline* step = context_.find_step(expression.step);
    if (step != nullptr) return step;
    const auto names = context_.step_names();
    context_.report(diagnose(205, place(expression))
                        .with("s", expression.step)
                        .at(input_.scalar_path)
                        .found(expression.step)
                        .allowed(names)
                        .near(names));
    return nullptr;
  }

  std::optional<StepInput> bind_step_output(const Expression& expression) {
    const StepOutline* producer = find_named_step(expression);
    if (producer == nullptr) return std::nullopt;
    const auto names = own_names(*producer, Direction::kOutput);
    const std::string output = declared_name(expression.name, [&](const std::string& candidate) {
      return std::find(names.begin(), names.end(), candidate) != names.end();
    });
    context_.edges.push_back(
        {producer->name, step_.name, place_of(context_, input_.scalar, expression)});
    if (!producer->kind || producer->has_open_interface) return std::nullopt;
    if (output.empty()) {
      context_.report(diagnose(206, place(expression))
                          .with("s", producer->name)
                          .with("o", expression.name)
                          .at(input_.scalar_path)
                          .found(expression.name)
                          .allowed(names)
                          .near(names));
      return std::nullopt;
    }
    const auto type = declared_output_type(context_, *producer, output);
    if (!type || !check_types(producer->name, output, *type)) return std::nullopt;
    StepInput bound;
    bound.source = StepOutputInput{producer->name, output};
    bound.type = *type;
    return bound;
  }

  // The same value as an input of another step: what that one is bound to, in turn.
  std::optional<StepInput> bind_step_input_of_other(const Expression& expression) {
    const StepOutline* other = find_named_step(expression);
    if (other == nullptr || !other->kind || other->has_open_interface) return std::nullopt;
    const auto entry = section_of(*other, "inputs").find_entry(expression.name);
    if (!entry) {
      if (const auto standard = default_of(*other, expression.name)) return standard;
      const auto names = own_names(*other, Direction::kInput);
      context_.report(diagnose(207, place(expression))
                          .with("e", expression.text)
                          .with("direction", "input")
                          .with("s", other->name)
                          .at(input_.scalar_path)
                          .found(expression.name)
                          .allowed(names)
                          .near(names));
      return std::nullopt;
    }
    return bind_same(*other, *entry, expression);
  }

  // What the component of a step gives an input that the step leaves out.
  static std::optional<StepInput> default_of(const StepOutline& step, const std::string& name) {
    const DeclaredInput* input = step.component ? find_input(*step.component, name) : nullptr;
    if (input == nullptr || !input->standard) return std::nullopt;
    StepInput literal;
    literal.source = LiteralInput{*input->standard};
    return literal;
  }

  std::optional<StepInput> bind_same(const StepOutline& other, const yaml::Entry& entry,
                                     const Expression& expression) {
    if (++hops_ > static_cast<int>(context_.steps.size())) {
      report_form(context_, expression, at(), kBindingForms);  // inputs that name each other
      return std::nullopt;
    }
    // What is wrong with the other input is reported where that input stands.
    const std::size_t reported = context_.diagnostics.size();
    const InputEntry same = read_input_entry(context_, entry, other.path + ".inputs", other.name);
    context_.diagnostics.resize(reported);
    if (same.kind != InputEntry::Kind::kLiteral && same.kind != InputEntry::Kind::kPath) {
      return std::nullopt;
    }
    const Template parsed = parse_template(same.scalar.text());
    if (const Expression* next = parsed.whole()) {
      auto bound = bind(*next);
      context_.diagnostics.resize(reported);
      return bound;
    }
    if (same.kind == InputEntry::Kind::kLiteral && !parsed.has_expressions()) {
      StepInput literal;
      literal.source = LiteralInput{yaml::python_text(yaml::resolve(same.scalar))};
      return literal;
    }
    report_form(context_, expression, at(), kBindingForms);
    return std::nullopt;
  }

  // A file cannot stand for a folder, nor a folder for a file.
  bool check_types(const std::string& producer, const std::string& output, DataType type) {
    const bool is_any = !input_.type || *input_.type == DataType::kCustomModel ||
                        type == DataType::kCustomModel;  // a custom model is a file or a folder
    if (is_any || is_folder_like(*input_.type) == is_folder_like(type)) return true;
    context_.report(diagnose(406, input_.type_value)
                        .with("s", producer)
                        .with("o", output)
                        .with("t1", name_of(type))
                        .with("x", input_.name)
                        .with("t2", name_of(*input_.type))
                        .at(input_.path + ".type")
                        .found(name_of(*input_.type))
                        .suggest({name_of(type)}));
    return false;
  }

  void report_old(const Expression& expression) {
    auto builder = diagnose(203, place_of(context_, input_.scalar, expression))
                       .with("e", expression.text)
                       .at(input_.scalar_path)
                       .found(expression.text)
                       .allowed(kBindingForms);
    if (expression.form == ExpressionForm::kInput) {
      builder.with("x", expression.name).suggest({"${{parent.inputs." + expression.name + "}}"});
    } else {
      const std::string binding =
          "${{parent.jobs." + expression.step + ".outputs." + expression.name + "}}";
      builder.suggest({binding}).help("write '" + binding + "'");
    }
    context_.report(builder);
  }

  SourcePlace place(const Expression& expression) const {
    return place_of(context_, input_.scalar, expression);
  }

  CheckContext& context_;
  const StepOutline& step_;
  const InputEntry& input_;
  int hops_ = 0;
};

}  // namespace

std::optional<StepInput> bind_step_input(CheckContext& context, const StepOutline& step,
                                         const InputEntry& input, const Expression& expression) {
  return Binder(context, step, input).bind(expression);
}

std::optional<DataType> declared_output_type(const CheckContext& context, const StepOutline& step,
                                             const std::string& output) {
  const auto entry = section_of(step, "outputs").find_entry(output);
  const DeclaredOutput* declared = step.component ? find_output(*step.component, output) : nullptr;
  std::optional<DataType> own;
  if (declared != nullptr) own = declared->type;
  if (!entry) return own;
  yaml::Value binding = entry->value;
  if (entry->value.is_mapping()) {
    binding = entry->value.find("path");
    const yaml::Value type = entry->value.find("type");
    if (type.is_scalar()) {
      own = data_type_from(to_lower(type.text()));
      if (!own) return std::nullopt;
    }
  }
  if (binding.is_scalar()) {
    const Template parsed = parse_template(binding.text());
    const Expression* whole = parsed.whole();
    if (whole != nullptr && whole->form == ExpressionForm::kParentOutput) {
      const auto target = context.outputs.find(whole->name);
      if (target == context.outputs.end() || target->second.broken) return std::nullopt;
      if (target->second.has_type) return target->second.output.type;
    }
  }
  return own.value_or(DataType::kUriFolder);
}

}  // namespace batchmill::pipeline
