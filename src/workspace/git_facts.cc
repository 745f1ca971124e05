#include "workspace/git_facts.h"

#include "base/text.h"
#include "workspace/paths.h"

namespace batchmill::workspace {

namespace {

bool is_in_repository(std::string folder, const Files& files) {
  while (true) {
    if (files.exists((folder == "/" ? "" : folder) + "/.git")) return true;
    if (folder == "/" || folder.empty() || folder == ".") return false;
    folder = parent_of(folder);
  }
}

class Git {
 public:
  Git(const std::string& folder, CommandRunner& commands) : folder_(folder), commands_(commands) {}

  // The output without its last line end; "" if git fails, is missing or takes long.
  std::string ask(std::vector<std::string> arguments) const {
    CommandRequest request;
    request.argv = {"git", "-C", folder_};
    request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
    request.environment = {{"GIT_OPTIONAL_LOCKS", "0"}};
    request.timeout = std::chrono::seconds(2);
    const auto output = commands_.run(request);
    if (!output || output->exit_code != 0 || output->timed_out) return "";
    return std::string(trim(output->out));
  }

 private:
  const std::string& folder_;
  CommandRunner& commands_;
};

}  // namespace

std::string without_credentials(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const std::size_t host = scheme + 3;
  const std::size_t slash = url.find('/', host);
  const std::size_t at = url.rfind('@', slash);
  if (at == std::string::npos || at < host) return url;
  return url.substr(0, host) + url.substr(at + 1);
}

std::map<std::string, std::string> git_facts(const std::string& folder,
                                             const std::map<std::string, std::string>& variables,
                                             CommandRunner& commands, const Files& files) {
  std::map<std::string, std::string> facts;
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) facts[name] = value;
  };
  if (is_in_repository(folder, files)) {
    const Git git(folder, commands);
    // Commit and branch in one go: a process costs more than the question.
    const std::string head = git.ask({"rev-parse", "HEAD", "--abbrev-ref", "HEAD"});
    const auto lines = split(head, '\n');
    if (lines.size() == 2) {
      put("mlflow.source.git.commit", std::string(lines[0]));
      put("mlflow.source.git.branch", std::string(lines[1]));
      put("mlflow.source.git.repoURL",
          without_credentials(git.ask({"config", "--get", "remote.origin.url"})));
      put("azureml.git.dirty",
          git.ask({"status", "--porcelain", "-uno", "--", "."}).empty() ? "False" : "True");
    }
  }
  const std::pair<const char*, const char*> overrides[] = {
      {"AZUREML_GIT_REPOSITORY_URI", "mlflow.source.git.repoURL"},
      {"AZUREML_GIT_BRANCH", "mlflow.source.git.branch"},
      {"AZUREML_GIT_COMMIT", "mlflow.source.git.commit"},
      {"AZUREML_GIT_DIRTY", "azureml.git.dirty"},
      {"AZUREML_GIT_BUILD_ID", "azureml.git.build_id"},
      {"AZUREML_GIT_BUILD_URI", "azureml.git.build_uri"},
  };
  for (const auto& [variable, name] : overrides) {
    const auto found = variables.find(variable);
    if (found != variables.end()) put(name, found->second);
  }
  return facts;
}

}  // namespace batchmill::workspace
