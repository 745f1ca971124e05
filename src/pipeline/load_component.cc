#include "pipeline/load_component.h"

#include <array>
#include <filesystem>

#include "base/text.h"
#include "pipeline/bound_scalar.h"
#include "pipeline/component_interface.h"
#include "pipeline/data_path.h"

namespace batchmill::pipeline {

namespace {

const char* type_name(StepKind kind) {
  return kind == StepKind::kParallel ? "parallel" : "command";
}

class Loader {
 public:
  Loader(CheckContext& context, const yaml::Value& value, const std::string& step,
         const std::string& step_path)
      : context_(context), at_{value, "component", yaml::join_path(step_path, "component"), step} {}

  std::shared_ptr<const Component> load(std::optional<StepKind> wanted, const yaml::Value& type) {
    Component component;
    if (at_.value.is_mapping()) {
      component.shown = "the component of step '" + at_.step + "'";
      component.mapping = at_.value;
      component.path = at_.path;
    } else if (const auto root = read_file()) {
      component.shown = "'" + at_.value.text() + "'";
      component.mapping = *root;
    } else {
      return nullptr;
    }
    component.place = component.mapping.place();
    const auto kind = kind_of(component);
    if (!kind || !is_wanted(*kind, wanted, type)) return nullptr;
    component.kind = *kind;
    read_interface(context_, component, at_.step);
    return std::make_shared<const Component>(std::move(component));
  }

 private:
  // The mapping of the file; nothing after a report.
  std::optional<yaml::Value> read_file() {
    const std::string& text = at_.value.text();
    if (mentions_expression(text)) {
      bind_scalar(context_, at_, false);
      return std::nullopt;
    }
    if (trim(text).starts_with("azureml:")) {
      context_.report(diagnose(112, at_.value)
                          .with("k", "a registered component")
                          .with("workaround", "name its file: 'component: ./component.yml'")
                          .at(at_.path)
                          .found(text));
      return std::nullopt;
    }
    const auto path = find_data(context_, at_, DataType::kUriFile);
    if (!path || !check_data_kind(context_, at_, "component", DataType::kUriFile, *path)) {
      return std::nullopt;
    }
    return root_of(*path);
  }

  std::optional<yaml::Value> root_of(const std::string& path) {
    const yaml::Document* document = parsed(path);
    if (document == nullptr || document->has_syntax_problem()) return std::nullopt;
    const yaml::Value root = document->root();
    if (root.is_mapping()) return root;
    context_.report(diagnose(108, root ? root : at_.value)
                        .with("k", "the file")
                        .with("type", "a mapping")
                        .with("actual", !root                ? "empty"
                                        : root.is_sequence() ? "a list"
                                                             : "a string"));
    return std::nullopt;
  }

  const yaml::Document* parsed(const std::string& path) {
    const std::string shown = name_for(path);
    for (const SourceFile& source : context_.sources) {
      if (source.document.file() == shown) return &source.document;
    }
    const auto text = context_.files.read(path);
    if (!text) {
      context_.report(diagnose(101, at_.value)
                          .with("file", path)
                          .with("reason", text.error().message)
                          .with("dir", context_.folder_of(at_.value))
                          .at(at_.path)
                          .found(at_.value.text()));
      return nullptr;
    }
    context_.sources.push_back({yaml::parse(shown, *text), parent_folder(path)});
    const yaml::Document& document = context_.sources.back().document;
    for (const yaml::Problem& problem : document.problems()) {
      context_.diagnostics.push_back(diagnose(problem));
    }
    return &document;
  }

  // The path as the user would type it: relative where the file that names it was given so.
  std::string name_for(const std::string& path) const {
    const SourceFile& from = context_.source_of(at_.value);
    const std::string typed = from.document.file();
    if (typed.starts_with("/")) return path;
    const auto relative = std::filesystem::path(path).lexically_relative(from.folder);
    return (std::filesystem::path(typed).parent_path() / relative).lexically_normal().string();
  }

  std::optional<StepKind> kind_of(const Component& component) {
    const yaml::Value type = component.mapping.find("type");
    if (yaml::is_null(type)) {
      const bool has_task = component.mapping.find("task") || component.mapping.find("input_data");
      return has_task ? StepKind::kParallel : StepKind::kCommand;
    }
    const std::string name = type.is_scalar() ? to_lower(trim(type.text())) : "";
    if (name == "command") return StepKind::kCommand;
    if (name == "parallel") return StepKind::kParallel;
    const std::string path = yaml::join_path(component.path, "type");
    if (name == "pipeline") {
      context_.report(diagnose(112, type)
                          .with("k", "a component of 'type: pipeline'")
                          .with("workaround", "write its steps among the others")
                          .at(path)
                          .found(type.text()));
    } else {
      context_.report(diagnose(109, type)
                          .with("v", type.is_scalar() ? type.text() : "a collection")
                          .with("k", "type")
                          .at(path)
                          .found(type.text())
                          .allowed({"command", "parallel"})
                          .near({"command", "parallel"}));
    }
    return std::nullopt;
  }

  bool is_wanted(StepKind kind, std::optional<StepKind> wanted, const yaml::Value& type) {
    if (!wanted || *wanted == kind) return true;
    context_.report(diagnose(704, type)
                        .with("file", at_.value.is_scalar() ? at_.value.text() : "component")
                        .with("t1", type_name(kind))
                        .with("t2", type_name(*wanted))
                        .at(at_.path.substr(0, at_.path.rfind('.')) + ".type")
                        .found(type.text())
                        .suggest({type_name(kind)}));
    return false;
  }

  CheckContext& context_;
  NamedScalar at_;
};

}  // namespace

std::shared_ptr<const Component> load_component(CheckContext& context, const yaml::Value& value,
                                                const std::string& step,
                                                const std::string& step_path,
                                                std::optional<StepKind> wanted,
                                                const yaml::Value& type) {
  return Loader(context, value, step, step_path).load(wanted, type);
}

void note_step(CheckContext& context, std::size_t first, const StepOutline& step) {
  const SourcePlace place = step.key ? step.key.place() : step.mapping.place();
  for (std::size_t i = first; i < context.diagnostics.size(); ++i) {
    Diagnostic& diagnostic = context.diagnostics[i];
    const bool is_component = std::any_of(
        context.sources.begin() + 1, context.sources.end(),
        [&](const SourceFile& source) { return source.document.file() == diagnostic.place.file; });
    if (is_component)
      diagnostic.notes.push_back({place, "step '" + step.name + "' uses this component"});
  }
}

}  // namespace batchmill::pipeline
