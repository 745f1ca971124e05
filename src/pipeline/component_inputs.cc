#include "pipeline/component_inputs.h"

#include <algorithm>

#include "pipeline/check_expressions.h"
#include "pipeline/check_inputs.h"
#include "pipeline/component_interface.h"
#include "pipeline/input_entry.h"

namespace batchmill::pipeline {

namespace {

class ComponentInputs {
 public:
  ComponentInputs(CheckContext& context, StepOutline& step, const yaml::Value& mapping)
      : context_(context),
        step_(step),
        mapping_(mapping),
        section_(yaml::join_path(step.path, "inputs")) {}

  std::map<std::string, StepInput> read() {
    report_undeclared(context_, step_, mapping_, "inputs", own_names(step_, Direction::kInput));
    for (const DeclaredInput& declared : step_.component->inputs) read(declared);
    return std::move(inputs_);
  }

 private:
  void read(const DeclaredInput& declared) {
    if (declared.broken) return;
    const auto entry = mapping_.find_entry(declared.name);
    if (!entry) return leave_out(declared, step_.key ? step_.key.place() : step_.mapping.place());
    InputEntry input = read_input_entry(context_, *entry, section_, step_.name);
    if (input.kind == InputEntry::Kind::kBroken) return;
    const bool can_be_left_out = declared.optional || declared.standard;
    if (input.kind == InputEntry::Kind::kMissing || (can_be_left_out && is_unsupplied(input))) {
      return leave_out(declared, input.place);
    }
    if (!input.type && declared.data) {
      input.type = declared.data;
      input.type_value = input.scalar;
    }
    if (!input.mode && declared.mode && !has_mode(input)) {
      input.mode = declared.mode;
      input.mode_value = input.scalar;
    }
    auto read = read_step_input(context_, step_, input);
    if (!read || !fits(declared, input, *read)) return;
    read->place = input.scalar.place();
    inputs_.emplace(declared.name, std::move(*read));
  }

  // The pipeline input that the entry is bound to as a whole, without a word about one that is not
  // there.
  const PipelineInput* source_of(const InputEntry& input) const {
    const Template parsed = parse_template(input.scalar.text());
    const Expression* whole = parsed.whole();
    if (whole == nullptr || whole->form != ExpressionForm::kParentInput) return nullptr;
    const auto found = context_.inputs.find(whole->name);
    return found == context_.inputs.end() ? nullptr : &found->second;
  }

  bool is_unsupplied(const InputEntry& input) const {
    const PipelineInput* source = source_of(input);
    return source != nullptr && source->kind == PipelineInput::Kind::kMissing;
  }

  bool has_mode(const InputEntry& input) const {
    const PipelineInput* source = source_of(input);
    return source != nullptr && source->has_mode;
  }

  void leave_out(const DeclaredInput& declared, const SourcePlace& place) {
    if (declared.standard) {
      StepInput input;
      input.source = LiteralInput{*declared.standard};
      input.place = declared.standard_place;
      inputs_.emplace(declared.name, std::move(input));
    } else if (declared.optional) {
      step_.unset_inputs.insert(declared.name);
    } else {
      context_.report(diagnose(401, place)
                          .with("x", declared.name)
                          .with("s", step_.name)
                          .at(yaml::join_path(section_, declared.name)));
    }
  }

  // Whether what was bound is of the declared kind; makes a literal what its type makes of it.
  bool fits(const DeclaredInput& declared, const InputEntry& input, StepInput& read) {
    if (auto* literal = std::get_if<LiteralInput>(&read.source)) {
      if (declared.data) return report_kind(declared, input, literal->text);
      if (!declared.literal) return true;
      const auto typed =
          typed_literal(context_, declared, literal->text, input.scalar.place(), input.scalar_path);
      if (typed) literal->text = *typed;
      return typed.has_value();
    }
    if (declared.literal) return report_kind(declared, input, input.scalar.text());
    return true;
  }

  bool report_kind(const DeclaredInput& declared, const InputEntry& input,
                   const std::string& found) {
    auto builder = diagnose(407, input.scalar).with("v", found).at(input.scalar_path).found(found);
    if (declared.data) {
      builder.with("type", std::string("data (") + name_of(*declared.data) + ")")
          .with("example", "{path: ./" + declared.name + "}");
    } else {
      builder.with("type", std::string(describe(*declared.literal)));
    }
    context_.report(builder);
    return false;
  }

  CheckContext& context_;
  StepOutline& step_;
  const yaml::Value& mapping_;
  std::string section_;
  std::map<std::string, StepInput> inputs_;
};

}  // namespace

std::map<std::string, StepInput> check_component_inputs(CheckContext& context, StepOutline& step,
                                                        const yaml::Value& mapping) {
  return ComponentInputs(context, step, mapping).read();
}

void report_undeclared(CheckContext& context, const StepOutline& step, const yaml::Value& mapping,
                       const char* section, const std::vector<std::string>& declared) {
  for (const yaml::Entry& entry : mapping.entries()) {
    const std::string& name = entry.key.text();
    if (std::find(declared.begin(), declared.end(), name) != declared.end()) continue;
    context.report(diagnose(105, entry.key)
                       .with("k", name)
                       .with("kind", std::string("the ") + section + " of " + step.component->shown)
                       .at(yaml::join_path(yaml::join_path(step.path, section), name))
                       .found(name)
                       .allowed(declared)
                       .near(declared));
  }
}

}  // namespace batchmill::pipeline
