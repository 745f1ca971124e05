#pragma once

#include <map>
#include <string>

#include "ports/command_runner.h"
#include "ports/files.h"

namespace batchmill::workspace {

// Where the code came from, as properties of a job (pipeline-yaml.md 6.1): repository, branch,
// commit, whether it had changes. Variables AZUREML_GIT_* win. Empty where there is no git.
std::map<std::string, std::string> git_facts(const std::string& folder,
                                             const std::map<std::string, std::string>& variables,
                                             CommandRunner& commands, const Files& files);

// "https://user:secret@host/x" without "user:secret@".
std::string without_credentials(const std::string& url);

}  // namespace batchmill::workspace
