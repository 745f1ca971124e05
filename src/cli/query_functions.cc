#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "cli/query_ast.h"

// The functions of JMESPath that command lines use. Each checks what it is given; call_function
// has counted the arguments.
namespace batchmill::cli {

namespace {

using Arguments = std::vector<Json>;

struct Function {
  const char* name;
  std::size_t least, most;  // number of arguments
  Result<Json> (*run)(const Arguments&);
};

tl::unexpected<Error> wrong(const char* name, const char* wants) {
  return fail(ErrorKind::kInvalid, std::string("--query: ") + name + "() wants " + wants);
}

Result<Json> contains(const Arguments& in) {
  if (in[0].is_string()) {
    return Json(in[1].is_string() && in[0].get_ref<const std::string&>().find(
                                         in[1].get_ref<const std::string&>()) != std::string::npos);
  }
  if (!in[0].is_array()) return wrong("contains", "a text or a list first");
  return Json(std::find(in[0].begin(), in[0].end(), in[1]) != in[0].end());
}

Result<Json> starts_with(const Arguments& in) {
  if (!in[0].is_string() || !in[1].is_string()) return wrong("starts_with", "two texts");
  return Json(in[0].get_ref<const std::string&>().starts_with(in[1].get_ref<const std::string&>()));
}

Result<Json> ends_with(const Arguments& in) {
  if (!in[0].is_string() || !in[1].is_string()) return wrong("ends_with", "two texts");
  return Json(in[0].get_ref<const std::string&>().ends_with(in[1].get_ref<const std::string&>()));
}

Result<Json> length(const Arguments& in) {
  if (in[0].is_string()) return Json(code_points(in[0].get_ref<const std::string&>()));
  if (!in[0].is_array() && !in[0].is_object()) return wrong("length", "a text, list or object");
  return Json(in[0].size());
}

Result<Json> keys(const Arguments& in) {
  if (!in[0].is_object()) return wrong("keys", "an object");
  Json out = Json::array();
  for (const auto& [key, value] : in[0].items()) out.push_back(key);
  return out;
}

Result<Json> values(const Arguments& in) {
  if (!in[0].is_object()) return wrong("values", "an object");
  Json out = Json::array();
  for (const auto& [key, value] : in[0].items()) out.push_back(value);
  return out;
}

Result<Json> join_texts(const Arguments& in) {
  if (!in[0].is_string() || !in[1].is_array()) return wrong("join", "a text and a list of texts");
  std::vector<std::string> parts;
  for (const Json& part : in[1]) {
    if (!part.is_string()) return wrong("join", "a text and a list of texts");
    parts.push_back(part);
  }
  return Json(join(parts, in[0].get_ref<const std::string&>()));
}

Result<Json> not_null(const Arguments& in) {
  const auto found =
      std::find_if(in.begin(), in.end(), [](const Json& value) { return !value.is_null(); });
  return found == in.end() ? Json(nullptr) : *found;
}

Result<Json> to_text(const Arguments& in) { return in[0].is_string() ? in[0] : Json(in[0].dump()); }

Result<Json> to_number(const Arguments& in) {
  if (in[0].is_number()) return in[0];
  if (!in[0].is_string()) return Json(nullptr);
  Json parsed = Json::parse(in[0].get_ref<const std::string&>(), nullptr, false);
  return parsed.is_number() ? parsed : Json(nullptr);
}

Result<Json> type_of(const Arguments& in) { return Json(in[0].type_name()); }

Result<Json> reverse(const Arguments& in) {
  if (!in[0].is_array()) return wrong("reverse", "a list");
  Json out = in[0];
  std::reverse(out.begin(), out.end());
  return out;
}

bool is_sortable(const Json& list) {
  return list.is_array() &&
         (std::all_of(list.begin(), list.end(), [](const Json& v) { return v.is_number(); }) ||
          std::all_of(list.begin(), list.end(), [](const Json& v) { return v.is_string(); }));
}

Result<Json> sort(const Arguments& in) {
  if (!is_sortable(in[0])) return wrong("sort", "a list of numbers or of texts");
  Json out = in[0];
  std::stable_sort(out.begin(), out.end());
  return out;
}

Result<Json> least(const Arguments& in) {
  if (!is_sortable(in[0])) return wrong("min", "a list of numbers or of texts");
  return in[0].empty() ? Json(nullptr) : *std::min_element(in[0].begin(), in[0].end());
}

Result<Json> greatest(const Arguments& in) {
  if (!is_sortable(in[0])) return wrong("max", "a list of numbers or of texts");
  return in[0].empty() ? Json(nullptr) : *std::max_element(in[0].begin(), in[0].end());
}

Result<Json> sum(const Arguments& in) {
  if (!in[0].is_array()) return wrong("sum", "a list of numbers");
  double total = 0;
  for (const Json& value : in[0]) {
    if (!value.is_number()) return wrong("sum", "a list of numbers");
    total += value.get<double>();
  }
  if (total == std::floor(total) && std::abs(total) < 1e15) {
    return Json(static_cast<std::int64_t>(total));
  }
  return Json(total);
}

constexpr Function kFunctions[] = {
    {"contains", 2, 2, contains},   {"ends_with", 2, 2, ends_with},     {"join", 2, 2, join_texts},
    {"keys", 1, 1, keys},           {"length", 1, 1, length},           {"max", 1, 1, greatest},
    {"min", 1, 1, least},           {"not_null", 1, 99, not_null},      {"reverse", 1, 1, reverse},
    {"sort", 1, 1, sort},           {"starts_with", 2, 2, starts_with}, {"sum", 1, 1, sum},
    {"to_number", 1, 1, to_number}, {"to_string", 1, 1, to_text},       {"type", 1, 1, type_of},
    {"values", 1, 1, values},
};

// sort_by(list, &key): the one function with an expression as argument.
Result<Json> sort_by(const std::vector<QueryNode>& arguments, const Json& current) {
  if (arguments.size() != 2 || arguments[1].kind != QueryKind::kExpression) {
    return wrong("sort_by", "a list and an expression, e.g. sort_by(@, &name)");
  }
  BM_ASSIGN(const Json list, evaluate(arguments[0], current));
  if (!list.is_array()) return wrong("sort_by", "a list first");
  std::vector<std::pair<Json, Json>> keyed;
  for (const Json& element : list) {
    BM_ASSIGN(Json key, evaluate(arguments[1].children[0], element));
    keyed.emplace_back(std::move(key), element);
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Json out = Json::array();
  for (auto& [key, element] : keyed) out.push_back(std::move(element));
  return out;
}

}  // namespace

Result<Json> call_function(const std::string& name, const std::vector<QueryNode>& arguments,
                           const Json& current) {
  if (name == "sort_by") return sort_by(arguments, current);
  std::vector<std::string> known = {"sort_by"};
  for (const Function& function : kFunctions) {
    known.emplace_back(function.name);
    if (name != function.name) continue;
    if (arguments.size() < function.least || arguments.size() > function.most) {
      return fail(ErrorKind::kInvalid, "--query: " + name + "() takes " +
                                           std::to_string(function.least) + " argument" +
                                           (function.least == 1 ? "" : "s") + ", not " +
                                           std::to_string(arguments.size()));
    }
    Arguments given;
    for (const QueryNode& argument : arguments) {
      BM_ASSIGN(Json value, evaluate(argument, current));
      given.push_back(std::move(value));
    }
    return function.run(given);
  }
  const auto near = nearest(name, known);
  return fail(ErrorKind::kInvalid, "--query: there is no function '" + name + "'" +
                                       (near.empty() ? "" : "; write '" + near[0] + "'"));
}

}  // namespace batchmill::cli
