#include "workspace/workspace_config.h"

#include "base/text.h"
#include "base/yaml/document.h"
#include "workspace/paths.h"

namespace batchmill::workspace {

namespace {

tl::unexpected<Error> problem(const SourcePlace& place, const std::string& text) {
  return fail(ErrorKind::kInvalid, place.file + ":" + std::to_string(place.line) + ":" +
                                       std::to_string(place.column) + ": " + text);
}

class ConfigReader {
 public:
  ConfigReader(const WorkspaceFolder& workspace, const std::string& home)
      : workspace_(workspace), home_(home) {
    config_.environments.workspace = workspace.root();
    config_.computes = {"local"};
  }

  Result<WorkspaceConfig> read(const yaml::Document& document) {
    for (const yaml::Problem& found : document.problems()) {
      return problem(found.place, found.text);
    }
    if (!document.root()) return config_;
    if (!document.root().is_mapping()) return problem(document.root().place(), "not a mapping");
    for (const yaml::Entry& entry : document.root().entries()) {
      const std::string& key = entry.key.text();
      if (key == "environments") {
        BM_TRY(read_environments(entry.value));
      } else if (key == "default_python") {
        BM_ASSIGN(config_.environments.default_python, path(entry.value));
      } else if (key == "compute") {
        for (const yaml::Entry& compute : entry.value.entries()) {
          config_.computes.insert(compute.key.text());
        }
      } else {
        const auto near = nearest(key, {"environments", "default_python", "compute"});
        return problem(entry.key.place(), "unknown key '" + key + "'" +
                                              (near.empty() ? "" : "; write '" + near[0] + "'"));
      }
    }
    return config_;
  }

 private:
  Result<void> read_environments(const yaml::Value& mapping) {
    for (const yaml::Entry& entry : mapping.entries()) {
      const yaml::Value python =
          entry.value.is_mapping() ? entry.value.find("python") : entry.value;
      if (!python) {
        return problem(entry.key.place(), "environment '" + entry.key.text() + "' lacks 'python'");
      }
      BM_ASSIGN(std::string interpreter, path(python));
      config_.environments.mapping.emplace_back(entry.key.text(), std::move(interpreter));
    }
    return {};
  }

  Result<std::string> path(const yaml::Value& value) const {
    if (!value.is_scalar() || value.text().empty()) {
      return problem(value.place(), "must be the path of an interpreter");
    }
    const std::string& text = value.text();
    if (text.starts_with("~/")) return home_ + text.substr(1);
    if (text.find('/') == std::string::npos) return text;  // a name on PATH
    return absolute_below(workspace_.root(), text);
  }

  const WorkspaceFolder& workspace_;
  const std::string& home_;
  WorkspaceConfig config_;
};

}  // namespace

Result<WorkspaceConfig> read_workspace_config(const WorkspaceFolder& workspace,
                                              const std::string& home, const Files& files) {
  ConfigReader reader(workspace, home);
  if (!files.exists(workspace.config())) return reader.read(yaml::Document());
  BM_ASSIGN(std::string text, files.read(workspace.config()));
  return reader.read(yaml::parse(workspace.config(), std::move(text)));
}

}  // namespace batchmill::workspace
