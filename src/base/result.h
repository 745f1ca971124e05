#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

// The one idiom for expected failures: a function that can fail returns Result<T>.
// Exceptions are for bugs only and stop at the boundary of a process (apps/).
namespace batchmill {

// What kind of thing went wrong, for code that must decide. People read `message`.
enum class ErrorKind {
  kInvalid,      // the input breaks a rule; retrying cannot help
  kNotFound,     // a file, job or name that does not exist
  kExists,       // the name is taken
  kPermission,   // the operating system refused
  kDiskFull,     // no space left, or a quota is used up
  kIo,           // any other failure of a file, socket or database
  kUnavailable,  // a peer or lock that may come back
  kProtocol,     // a message or file that breaks its format
  kCanceled,     // the user asked to stop
};

struct Error {
  ErrorKind kind = ErrorKind::kIo;
  std::string message;  // one line, lower case, no full stop; names the thing it is about
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(message)});
}

// `errno` as an Error: kind by number, message "<what>: <strerror>".
Error error_from_errno(int number, std::string what);

}  // namespace batchmill

// Evaluates `expression` (a Result); returns its error from the enclosing function, if it has one.
#define BM_TRY(expression)                                                      \
  do {                                                                          \
    if (auto bm_result_ = (expression); !bm_result_) {                          \
      return tl::unexpected<::batchmill::Error>(std::move(bm_result_.error())); \
    }                                                                           \
  } while (false)

#define BM_CONCAT_INNER(a, b) a##b
#define BM_CONCAT(a, b) BM_CONCAT_INNER(a, b)
// BM_ASSIGN(auto x, expression): declares x from the value of a Result, or returns its error.
#define BM_ASSIGN(declaration, expression) \
  BM_ASSIGN_IMPL(BM_CONCAT(bm_value_, __LINE__), declaration, expression)
#define BM_ASSIGN_IMPL(temporary, declaration, expression)                                 \
  auto temporary = (expression);                                                           \
  if (!temporary) return tl::unexpected<::batchmill::Error>(std::move(temporary.error())); \
  declaration = std::move(*temporary)
